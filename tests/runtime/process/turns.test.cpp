// A turn ends even if its callback would continue: other processes get their turns, and
// `kill` gets through. A turn that does not end is reported.
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/server/gen_server.hpp"
#include "websock/runtime/server/thread_process.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"
#include "tests/support/echo_server.hpp"
#include "tests/support/waiting_worker.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::node;

namespace {

struct step {};

/// How a process goes on for ever, until `goes_on` says that the test is over.
enum class way : std::uint8_t { continues, receives, polls, sleeps, sends };

class restless final : public runtime::gen_server {
public:
  restless(way how, std::atomic<bool>& goes_on) : how_(how), goes_on_(goes_on) {}

private:
  server_result init() override {
    self().send(self().pid(), step{});
    return noreply();
  }
  server_result handle_info(term) override {
    if (how_ == way::continues)
      return next();
    if (how_ == way::sends) {
      if (goes_on_)
        self().send(self().pid(), step{});
      return noreply();
    }
    return wait();
  }
  server_result handle_continue(term) override { return next(); }
  [[nodiscard]] server_result next() const {
    return goes_on_ ? runtime::continue_with(step{}) : noreply();
  }
  server_result wait() {
    while (goes_on_) {
      if (how_ == way::sleeps) {
        co_await self().sleep(0s);
      } else if (how_ == way::polls) {
        co_await self().receive(0s, [](int) {});
      } else {
        self().send(self().pid(), step{});
        co_await self().receive(1s, [](step) {});
      }
    }
    co_return noreply();
  }

  const way how_;
  std::atomic<bool>& goes_on_;
};

using continuation = std::function<server_result(int, process&, lines&)>;

/// Continues with 0 from its init on; writes down the messages it gets.
class chain final : public runtime::gen_server {
public:
  chain(continuation each, lines& log) : each_(std::move(each)), log_(log) {}

private:
  server_result init() override { return runtime::continue_with(0); }
  server_result handle_continue(term number) override {
    return each_(number.get<int>(), self(), log_);
  }
  server_result handle_info(term info) override {
    log_.push_back("info " + to_string(info));
    return noreply();
  }

  const continuation each_;
  lines& log_;
};

/// What a chain writes down that is sent two messages when it starts.
[[nodiscard]] lines log_of_chain(const continuation& each) {
  lines log;
  stepped_node node(any_schedule());
  const auto who = node.spawn<chain>(each, std::ref(log));
  runtime::send(who, 1);
  runtime::send(who, 2);
  node.advance(5s);
  return log;
}

} // namespace

TEST_CASE("a process that goes on for ever lets others have their turn, and is killed") {
  const auto how =
      GENERATE(way::continues, way::receives, way::polls, way::sleeps, way::sends);
  std::atomic<bool> goes_on{true};
  node subject({.shards = 1, .pool_threads = 1});
  runtime::thread_process me(subject);
  const auto other = subject.spawn<echo_server>();
  const auto who = subject.spawn<restless>(how, std::ref(goes_on));
  bool is_answered = false;
  bool is_killed = false;
  try {
    is_answered = me.call<int>(other, 5s, 7) == 7;
    static_cast<void>(me.monitor(who));
    subject.exit(who, runtime::reason::kill);
    is_killed = me.receive(5s, [](const runtime::down& gone) {
      CHECK(gone.reason == runtime::reason::killed);
    });
  } catch (const runtime::call_failed&) {
  }
  goes_on = false; // else the node could not stop
  CHECK(is_answered);
  CHECK(is_killed);
}

TEST_CASE("a long chain of continues goes on before any message, in order") {
  constexpr int length = 1'000;
  const auto log = log_of_chain([](int number, process&, lines& to) -> server_result {
    if (number < length)
      return runtime::continue_with(number + 1);
    to.push_back("chain over");
    return noreply();
  });
  CHECK(log == lines{"chain over", "info 1", "info 2"});
}

TEST_CASE("a handle_continue that waits is done before any message, too") {
  const auto log =
      log_of_chain([](int number, process& self, lines& to) -> server_result {
        co_await self.sleep(1s);
        to.push_back("continue " + std::to_string(number));
        co_return number < 2 ? runtime::continue_with(number + 1) : noreply();
      });
  CHECK(log == lines{"continue 0", "continue 1", "continue 2", "info 1", "info 2"});
}

TEST_CASE("receives that need not wait give the turn back, and lose and repeat nothing") {
  constexpr int count = 1'000;
  int next = 0;
  waiting_scene on([&](auto&, process& self) -> server_result {
    while (next < count)
      co_await self.receive(1s, [&](int number) { next += number == next ? 1 : count; });
    co_return noreply();
  });
  runtime::send(on.target, go{});
  for (int i = 0; i < count / 2; ++i)
    runtime::send(on.target, i);
  for (int i = count / 2; i < count; ++i) { // while others have their turn, too
    on.node.step();
    runtime::send(on.target, i);
  }
  on.send(std::string("other"));
  CHECK(next == count);
  CHECK(on.log == lines{"info \"other\""});
}

TEST_CASE("a process that is killed while its turn is over in a loop is gone") {
  waiting_scene on([&](auto&, process& self) -> server_result {
    for (;;) {
      self.send(self.pid(), step{});
      co_await self.receive(1s, [](step) {});
    }
  });
  runtime::send(on.target, go{});
  for (int i = 0; i < 10; ++i)
    on.node.step();
  on.node.node().exit(on.target, runtime::reason::kill);
  on.node.run_until_idle();
  CHECK(on.end() == "killed");
  CHECK(on.log == lines{"worker destroyed"});
}

TEST_CASE("a turn that holds its shard for long is logged, once, with its process") {
  class holder final : public runtime::behaviour {
  public:
    holder(channel<bool>& begun, channel<bool>& may_end) : begun_(begun), end_(may_end) {}

  private:
    void on_start() override {
      begun_.put(true);
      static_cast<void>(end_.take());
    }
    void on_message(term) override {}
    channel<bool>& begun_;
    channel<bool>& end_;
  };
  channel<std::string> log;
  channel<bool> begun;
  channel<bool> first_may_end;
  channel<bool> second_may_end;
  node subject({.shards = 2,
                .pool_threads = 1,
                .slow_turn = 20ms,
                .log = [&](runtime::log_level level, std::string_view line) {
                  if (level == runtime::log_level::warning)
                    log.put(std::string(line));
                }});
  const auto first =
      subject.spawn_on<holder>(0, std::ref(begun), std::ref(first_may_end));
  static_cast<void>(begun.take());
  auto line = log.take();
  CHECK(line.starts_with("process " + to_string(first)));
  CHECK(line.find("holder) has held shard 0 for more than 20 ms") != std::string::npos);
  // When the second is told of, the first has been looked at again.
  const auto second =
      subject.spawn_on<holder>(1, std::ref(begun), std::ref(second_may_end));
  line = log.take();
  CHECK(line.starts_with("process " + to_string(second)));
  CHECK(log.empty());
  second_may_end.put(true);
  first_may_end.put(true);
  subject.stop();
  CHECK(log.empty());
}

TEST_CASE("nobody is told of turns when slow_turn is 0, and less is refused") {
  CHECK_NOTHROW(node({.shards = 1, .pool_threads = 1, .slow_turn = 0ms}));
  CHECK_NOTHROW(
      node({.shards = 1, .pool_threads = 1, .slow_turn = std::chrono::hours::max()}));
  CHECK_THROWS_WITH(node({.shards = 1, .pool_threads = 1, .slow_turn = -1ms}),
                    Catch::Matchers::StartsWith("node_options.slow_turn is negative"));
}
