// How subscribers see messages published together. Runs on real shards: a stepped node
// delivers each message at once.
#include "websock/runtime/registry/pubsub.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/server/gen_server.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::pid;
using runtime::process;
using tests::channel;

namespace pubsub = runtime::pubsub;

namespace {

using texts = std::vector<std::string>;
using handler = std::function<void(process&, const std::string&)>;

/// Subscribes, and tells the test what it receives, once `handle` has run. Ends with
/// "end".
class listener final : public runtime::behaviour {
public:
  listener(channel<texts>& heard, handler handle)
      : heard_(heard), handle_(std::move(handle)) {}

private:
  void on_start() override { pubsub::subscribe(self(), "news"); }
  void on_message(runtime::term message) override {
    if (const auto* gone = message.get_if<runtime::down>())
      received_.push_back("down " + to_string(gone->reason));
    else
      received_.push_back(message.get<std::string>());
    if (received_.back() == "end")
      heard_.put(std::exchange(received_, {}));
    else if (handle_)
      handle_(self(), received_.back());
  }

  channel<texts>& heard_;
  const handler handle_;
  texts received_;
};

/// One shard, and what its listeners heard: the one that subscribed first comes first.
struct scene {
  pid listen(handler handle = {}) {
    auto& own = heard.emplace_back();
    return node.spawn_on<listener>(0, std::ref(own), std::move(handle));
  }
  /// Runs `work` in a process on that shard.
  void run(std::function<void(process&)> work) {
    node.spawn_on<runtime::detail::function_body<std::function<void(process&)>>>(
        0, std::move(work));
  }
  /// The same; then everybody hears "end".
  void in_one_turn(std::function<void(process&)> publish) {
    run([work = std::move(publish)](process& self) {
      work(self);
      pubsub::broadcast(self, "news", std::string("end"));
    });
  }

  std::deque<channel<texts>> heard;
  runtime::node node{{.shards = 1, .pool_threads = 1, .log = [](auto, auto) {}}};
};

void publish(process& self, const texts& all) {
  for (const auto& each : all)
    pubsub::broadcast(self, "news", each);
}

/// Sends to `to` when it hears `what`.
handler when(std::string what, std::function<void(process&)> then) {
  return [what = std::move(what), then = std::move(then)](process& self,
                                                          const std::string& heard) {
    if (heard == what)
      then(self);
  };
}

} // namespace

TEST_CASE("what is published in one turn is heard in order, by each once") {
  scene on;
  for (int i = 0; i < 40; ++i)
    on.listen();
  texts all;
  for (int i = 0; i < 200; ++i)
    all.push_back(std::to_string(i));
  on.in_one_turn([all](process& self) { publish(self, all); });
  all.emplace_back("end");
  for (auto& each : on.heard)
    CHECK(each.take() == all);
}

TEST_CASE("what is sent between two broadcasts arrives between them") {
  scene on;
  on.listen();
  const auto second = on.listen();
  on.in_one_turn([&](process& self) {
    publish(self, {"1", "2"});
    self.send(second, std::string("direct"));
    publish(self, {"3"});
  });
  CHECK(on.heard[0].take() == texts{"1", "2", "3", "end"});
  CHECK(on.heard[1].take() == texts{"1", "2", "direct", "3", "end"});
}

TEST_CASE("a subscriber that sends while it hears one message sends behind the others") {
  scene on;
  on.listen(
      when("1", [&](process& self) { self.send(self.pid(), std::string("to myself")); }));
  pid last;
  on.listen(when("1", [&](process& self) { self.send(last, std::string("from 1")); }));
  last = on.listen();
  on.in_one_turn([](process& self) { publish(self, {"1", "2"}); });
  CHECK(on.heard[0].take() == texts{"1", "2", "end"});
  CHECK(on.heard[1].take() == texts{"1", "2", "end"});
  CHECK(on.heard[2].take() == texts{"1", "2", "end"});
  on.in_one_turn([](process&) {});
  CHECK(on.heard[0].take() == texts{"to myself", "end"});
  CHECK(on.heard[1].take() == texts{"end"});
  CHECK(on.heard[2].take() == texts{"from 1", "end"});
}

TEST_CASE("a message that comes alone is heard before what it makes a subscriber send") {
  scene on;
  channel<bool> is_answered;
  pid last;
  on.listen(when("1", [&](process& self) { self.send(last, std::string("from 1")); }));
  on.listen(when("1", [](process&) { throw std::runtime_error("x"); }));
  last = on.listen(when("from 1", [&](process&) { is_answered.put(true); }));
  on.run([](process& self) { publish(self, {"1"}); });
  CHECK(is_answered.take());
  on.in_one_turn([](process&) {});
  CHECK(on.heard[0].take() == texts{"1", "end"});
  CHECK(on.heard[2].take() == texts{"1", "from 1", "end"});
  CHECK(on.heard[1].empty());
}

TEST_CASE("who unsubscribes at a message that comes alone keeps it from nobody") {
  scene on;
  channel<bool> has_left;
  on.listen(when("1", [](process& self) { pubsub::unsubscribe(self, "news"); }));
  on.listen(when("1", [&](process& self) {
    pubsub::unsubscribe(self, "news");
    has_left.put(true);
  }));
  on.listen();
  on.run([](process& self) { publish(self, {"1"}); });
  CHECK(has_left.take());
  on.in_one_turn([](process&) {});
  CHECK(on.heard[2].take() == texts{"1", "end"});
  CHECK(on.heard[0].empty());
  CHECK(on.heard[1].empty());
}

TEST_CASE("a message that is published while another is heard comes after it") {
  scene on;
  on.listen(when("1", [](process& self) { publish(self, {"answer"}); }));
  on.listen();
  on.in_one_turn([](process& self) { publish(self, {"1", "2"}); });
  CHECK(on.heard[0].take() == texts{"1", "2", "end"});
  CHECK(on.heard[1].take() == texts{"1", "2", "end"});
  on.in_one_turn([](process&) {});
  CHECK(on.heard[0].take() == texts{"answer", "end"});
  CHECK(on.heard[1].take() == texts{"answer", "end"});
}

TEST_CASE("topics do not mix, and keep the order in which one process publishes") {
  scene on;
  on.listen([](process& self, const std::string& heard) {
    if (heard == "join")
      pubsub::subscribe(self, "sport");
  });
  on.in_one_turn([](process& self) { publish(self, {"join"}); });
  CHECK(on.heard[0].take() == texts{"join", "end"});
  on.listen();
  on.in_one_turn([](process& self) {
    publish(self, {"1"});
    pubsub::broadcast(self, "sport", std::string("2"));
    publish(self, {"3"});
  });
  CHECK(on.heard[0].take() == texts{"1", "2", "3", "end"});
  CHECK(on.heard[1].take() == texts{"1", "3", "end"});
}

TEST_CASE("who unsubscribes while it hears one message hears what was published before") {
  scene on;
  on.listen(when("1", [](process& self) { pubsub::unsubscribe(self, "news"); }));
  on.listen();
  on.in_one_turn([](process& self) { publish(self, {"1", "2"}); });
  CHECK(on.heard[0].take() == texts{"1", "2", "end"});
  CHECK(on.heard[1].take() == texts{"1", "2", "end"});
  on.in_one_turn([](process& self) { publish(self, {"3"}); });
  CHECK(on.heard[1].take() == texts{"3", "end"});
  CHECK(on.heard[0].empty());
}

TEST_CASE("of those that unsubscribe one after the other each leaves itself") {
  scene on;
  const auto leave = [](process& self) { pubsub::unsubscribe(self, "news"); };
  on.listen(when("1", leave));
  on.listen();
  on.listen();
  on.listen(when("2", leave)); // which has the place of the first by then
  for (const auto* const text : {"1", "2", "3"}) {
    on.in_one_turn([text](process& self) { publish(self, {text}); });
    CHECK(on.heard[1].take() == texts{text, "end"});
    CHECK(on.heard[2].take() == texts{text, "end"});
  }
  CHECK(on.heard[3].take() == texts{"1", "end"});
  CHECK(on.heard[3].take() == texts{"2", "end"});
  CHECK(on.heard[3].empty());
}

TEST_CASE("what subscribers keep of a message stays when the others have heard it") {
  class keeper final : public runtime::behaviour {
  public:
    keeper(channel<runtime::term>& kept, bool by_move) : kept_(kept), by_move_(by_move) {}

  private:
    void on_start() override { pubsub::subscribe(self(), "news"); }
    void on_message(runtime::term message) override {
      if (by_move_)
        kept_.put(std::move(message));
      else
        kept_.put(message);
    }

    channel<runtime::term>& kept_;
    const bool by_move_;
  };
  channel<runtime::term> kept;
  const std::string text(100, 'x');
  {
    scene on;
    for (const bool by_move : {true, false, true})
      on.node.spawn_on<keeper>(0, std::ref(kept), by_move);
    on.listen();
    on.in_one_turn([&](process& self) { publish(self, {text}); });
    CHECK(on.heard[0].take() == texts{text, "end"});
  }
  for (int i = 0; i < 3; ++i)
    for (const auto& what : {text, std::string("end")})
      CHECK(kept.take().get<std::string>() == what);
}

TEST_CASE("who subscribes hears nothing of what was published before") {
  scene on;
  on.listen();
  on.in_one_turn([&](process& self) {
    publish(self, {"1"});
    pubsub::subscribe(self, "news"); // and ends, which is nobody's loss
    publish(self, {"2"});
  });
  CHECK(on.heard[0].take() == texts{"1", "2", "end"});
  channel<std::size_t> waiting;
  on.in_one_turn([&](process& self) {
    publish(self, {"3"});
    pubsub::subscribe(self, "news");
    publish(self, {"4"});
    self.send(self.pid(), 0); // puts what is published into the mailboxes
    waiting.put(self.message_queue_len());
  });
  CHECK(waiting.take() == 2); // 4 and 0
}

TEST_CASE("a subscriber that crashes at one message disturbs nobody else") {
  scene on;
  on.listen();
  const auto victim =
      on.listen(when("1", [](process&) { throw std::runtime_error("x"); }));
  on.listen([&](process& self, const std::string& heard) {
    if (heard == "watch")
      static_cast<void>(self.monitor(victim));
  });
  on.in_one_turn([](process& self) { publish(self, {"watch"}); });
  for (auto& each : on.heard)
    CHECK(each.take() == texts{"watch", "end"});
  on.in_one_turn([](process& self) { publish(self, {"1", "2"}); });
  CHECK(on.heard[0].take() == texts{"1", "2", "end"});
  CHECK(on.heard[2].take() == texts{"1", "2", "end"});
  on.in_one_turn([](process&) {});
  CHECK(on.heard[2].take() == texts{"down error: x", "end"});
  CHECK(on.heard[1].empty());
}

TEST_CASE("the end of who publishes is heard after what it published") {
  scene on;
  channel<pid> publisher;
  on.listen([&](process& self, const std::string& heard) {
    if (heard == "watch")
      static_cast<void>(self.monitor(publisher.take()));
  });
  class speaker final : public runtime::behaviour {
    void on_message(runtime::term) override {
      publish(self(), {"1", "2"});
      runtime::process::exit(runtime::reason::shutdown);
    }
  };
  const auto speaking = on.node.spawn_on<speaker>(0);
  publisher.put(speaking);
  on.in_one_turn([](process& self) { publish(self, {"watch"}); });
  CHECK(on.heard[0].take() == texts{"watch", "end"});
  runtime::send(speaking, 0);
  on.in_one_turn([](process&) {});
  CHECK(on.heard[0].take() == texts{"1", "2", "down shutdown", "end"});
}

TEST_CASE("a broadcast leaves out who published it, of several the one each time") {
  scene on;
  on.listen(when("both", [](process& self) {
    pubsub::broadcast_from(self, "news", std::string("not to me"));
    pubsub::broadcast(self, "news", std::string("to all"));
  }));
  on.listen();
  on.in_one_turn([](process& self) { publish(self, {"both"}); });
  CHECK(on.heard[0].take() == texts{"both", "end"});
  CHECK(on.heard[1].take() == texts{"both", "end"});
  on.in_one_turn([](process&) {});
  CHECK(on.heard[0].take() == texts{"to all", "end"});
  CHECK(on.heard[1].take() == texts{"not to me", "to all", "end"});
}

TEST_CASE("who is left out of one message gets those before and after it") {
  scene on;
  const auto first = on.listen();
  on.listen();
  on.in_one_turn([&](process& self) {
    publish(self, {"1"});
    pubsub::broadcast_from(self.node(), first, "news", std::string("2"));
    publish(self, {"3"});
  });
  CHECK(on.heard[0].take() == texts{"1", "3", "end"});
  CHECK(on.heard[1].take() == texts{"1", "2", "3", "end"});
}

TEST_CASE("a server that waits takes what was published when it goes on") {
  class waiting_one final : public runtime::gen_server {
  public:
    explicit waiting_one(channel<texts>& heard) : heard_(heard) {}

  private:
    runtime::server_result init() override {
      pubsub::subscribe(self(), "news");
      return runtime::noreply();
    }
    runtime::server_result handle_info(runtime::term message) override {
      const auto text = message.get<std::string>();
      received_.push_back(text);
      if (text == "1")
        received_.push_back(*co_await self().receive(
            runtime::infinity, [](const std::string& next) { return "got " + next; }));
      if (text == "end")
        heard_.put(received_);
      co_return runtime::noreply();
    }
    channel<texts>& heard_;
    texts received_;
  };
  scene on;
  auto& own = on.heard.emplace_back();
  on.node.spawn_on<waiting_one>(0, std::ref(own));
  on.in_one_turn([](process& self) { publish(self, {"1", "2", "3"}); });
  CHECK(own.take() == texts{"1", "got 2", "3", "end"});
}

TEST_CASE("who publishes finds its own message in its mailbox at once") {
  scene on;
  channel<std::string> found;
  class speaker final : public runtime::gen_server {
  public:
    explicit speaker(channel<std::string>& found) : found_(found) {}

  private:
    runtime::server_result init() override {
      pubsub::subscribe(self(), "news");
      publish(self(), {"mine"});
      const auto own =
          co_await self().receive(0ms, [](const std::string& text) { return text; });
      found_.put(own.value_or("nothing"));
      co_return runtime::noreply();
    }
    channel<std::string>& found_;
  };
  on.node.spawn_on<speaker>(0, std::ref(found));
  CHECK(found.take() == "mine");
}
