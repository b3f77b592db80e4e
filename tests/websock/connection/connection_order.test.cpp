// Message order on a threaded node: messages from one sender to a connection all arrive,
// in order, whatever the sender's thread, alongside the client's frames.
#include "websock/handler/handler.hpp"
#include "websock/runtime/interop/caf.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/registry/pubsub.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"
#include "tests/support/inner.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <charconv>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using tests::running_server;
using tests::websocket_client;

namespace {

constexpr int count = 3'000; // messages of each sender

/// Message number `index` of a sender.
struct numbered {
  std::string sender;
  int index;
};

struct tick {};

/// Pushes what it is sent and what its client sends, as "sender index".
class receiver final : public websock::handler {
public:
  explicit receiver(tests::channel<runtime::pid>& started) : started_(started) {}

private:
  websock::handle_result init() override {
    self().register_name("receiver");
    started_.put(self().pid());
    return websock::ok();
  }
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
  websock::handle_result handle_info(runtime::term info) override {
    return info.match(
        [](const numbered& in) { return line(in.sender, in.index); },
        [](const std::string& sender, int index) { return line(sender, index); },
        [](runtime::otherwise) {
          return websock::stop(runtime::reason::of("unexpected"));
        });
  }
  static websock::handle_result line(const std::string& sender, int index) {
    return websock::push(websock::text(sender + ' ' + std::to_string(index)));
  }
  tests::channel<runtime::pid>& started_;
};

/// Another connection: for each frame of its client it sends a hundred messages.
class neighbour final : public websock::handler {
public:
  explicit neighbour(tests::channel<runtime::pid>& started) : started_(started) {}

private:
  websock::handle_result init() override {
    started_.put(self().pid());
    return websock::ok();
  }
  websock::handle_result handle_in(websock::message_view) override {
    for (int i = 0; i < 100; ++i)
      self().send("receiver", numbered{"neighbour", sent_++});
    return websock::ok();
  }
  tests::channel<runtime::pid>& started_;
  int sent_ = 0;
};

/// Sends from its timer's messages, and by timers that are due at different times.
class timekeeper final : public runtime::behaviour {
public:
  explicit timekeeper(runtime::pid target) : target_(std::move(target)) {}

private:
  void on_start() override {
    for (int i = 0; i < 100; ++i)
      self().send_after(i * 100us, target_, numbered{"timer", i});
    self().send_after(0ms, self(), tick{});
  }
  void on_message(runtime::term) override {
    for (int i = 0; i < 30; ++i)
      self().send(target_, numbered{"process", sent_++});
    if (sent_ == count)
      runtime::process::exit(runtime::reason::normal);
    self().send_after(50us, self(), tick{});
  }
  const runtime::pid target_;
  int sent_ = 0;
};

/// A plain actor on the pool of CAF: a burst for each message to itself.
caf::behavior pool_actor(caf::event_based_actor* self, const caf::actor& target) {
  self->send(self, 0);
  return {[self, target](int first) {
    for (int i = first; i < first + 100; ++i)
      self->send(target, std::string("actor"), i);
    if (first + 100 < count)
      self->send(self, first + 100);
    else
      self->quit();
  }};
}

/// What a client has seen of each sender.
class arrivals {
public:
  explicit arrivals(std::vector<std::pair<std::string, int>> senders) {
    for (auto& [name, total] : senders)
      expected_.push_back({std::move(name), 0, total});
  }
  [[nodiscard]] bool are_complete() const {
    for (const auto& each : expected_)
      if (each.next != each.total)
        return false;
    return true;
  }
  /// False when it is not the next line of its sender.
  [[nodiscard]] bool take(std::string_view line) {
    const auto space = line.find(' ');
    int index = -1;
    std::from_chars(line.data() + space + 1, line.data() + line.size(), index);
    for (auto& each : expected_)
      if (each.name == line.substr(0, space))
        return each.next < each.total && each.next++ == index;
    return false;
  }

private:
  struct sender {
    std::string name;
    int next;
    int total;
  };
  std::vector<sender> expected_;
};

} // namespace

TEST_CASE("what threads, actors, processes, timers and connections send to a connection "
          "arrives in order, all of it") {
  tests::channel<runtime::pid> started;
  running_server subject([&](websock::server& server) {
    server.websocket<receiver>("/receiver", std::ref(started))
        .websocket<neighbour>("/neighbour", std::ref(started));
  });
  websocket_client client(subject.port(), "/receiver");
  const auto target = started.take();
  websocket_client other(subject.port(), "/neighbour");
  const auto beside = started.take();
  REQUIRE(&tests::process_of(beside).shard() != &tests::process_of(target).shard());

  std::vector<std::jthread> threads;
  for (const auto* name : {"thread1", "thread2"})
    threads.emplace_back([&target, name] {
      for (int i = 0; i < count; ++i)
        runtime::send(target, numbered{name, i});
    });
  threads.emplace_back([&client] {
    for (int i = 0; i < count; ++i)
      client.text("client " + std::to_string(i));
  });
  for (int i = 0; i < count / 100; ++i)
    other.text("go");
  subject.node.actor_system().spawn(pool_actor, runtime::to_actor(target));
  subject.node.spawn_on<timekeeper>(tests::process_of(beside).shard().index(), target);

  arrivals seen({{"thread1", count},
                 {"thread2", count},
                 {"client", count},
                 {"neighbour", count},
                 {"actor", count},
                 {"process", count},
                 {"timer", 100}});
  while (!seen.are_complete()) {
    const auto line = client.take_text();
    CAPTURE(line);
    REQUIRE(seen.take(line));
  }
  client.text("last");
  CHECK(client.take_text() == "last");
}

TEST_CASE("a broadcast and a message of one sender reach a connection in the order in "
          "which it sent them") {
  class subscriber final : public websock::handler {
  public:
    explicit subscriber(tests::channel<runtime::pid>& started) : started_(started) {}

  private:
    websock::handle_result init() override {
      runtime::pubsub::subscribe(self(), "topic");
      started_.put(self().pid());
      return websock::ok();
    }
    websock::handle_result handle_in(websock::message_view) override {
      return websock::ok();
    }
    websock::handle_result handle_info(runtime::term info) override {
      return websock::push(websock::text("sender " + std::to_string(info.get<int>())));
    }
    tests::channel<runtime::pid>& started_;
  };
  tests::channel<runtime::pid> started;
  running_server subject([&](websock::server& server) {
    server.websocket<subscriber>("/", std::ref(started));
  });
  std::vector<websocket_client> clients;
  std::vector<runtime::pid> pids;
  for (int i = 0; i < 4; ++i) { // two on each shard
    clients.emplace_back(subject.port());
    pids.push_back(started.take());
  }
  subject.node.spawn([&](runtime::process& self) {
    for (int i = 0; i < count; i += 2) {
      runtime::pubsub::broadcast_from(self, "topic", i);
      for (const auto& each : pids)
        self.send(each, i + 1);
    }
  });
  for (auto& client : clients) {
    arrivals seen({{"sender", count}});
    while (!seen.are_complete()) {
      const auto line = client.take_text();
      CAPTURE(line);
      REQUIRE(seen.take(line));
    }
  }
}
