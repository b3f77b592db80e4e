// Callbacks that await: what they await, what is queued behind them, and how they end.
#include "websock/runtime/wait/waits.hpp"

#include "tests/catch.hpp"
#include "tests/support/inner.hpp"
#include "tests/support/waiting_worker.hpp"

#include <chrono>
#include <stdexcept>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using scene = waiting_scene;

namespace {

struct knock {};
struct opened {
  std::string by;
};

/// Answers calls in its own ways.
class clerk final : public runtime::gen_server {
  call_result handle_call(term request, from) override {
    const auto what = request.get<std::string>();
    if (what == "slow")
      co_await self().sleep(100ms);
    if (what == "never")
      co_await self().sleep(1h);
    if (what == "die")
      throw std::runtime_error("boom");
    co_return reply("to " + what);
  }
};

} // namespace

TEST_CASE("sleep: what comes meanwhile waits, in order") {
  scene on([&](auto&, runtime::process& self) -> server_result {
    co_await self.sleep(50ms);
    co_return noreply();
  });
  on.send(go{});
  on.send(1);
  on.send(2);
  on.node.advance(49ms);
  CHECK(on.log.empty());
  CHECK(tests::process_of(on.target).is_waiting());
  CHECK(tests::process_of(on.target).message_queue_len() == 2);
  on.node.advance(1ms);
  CHECK(on.log == lines{"info 1", "info 2"});
  CHECK_FALSE(tests::process_of(on.target).is_waiting());
}

TEST_CASE("a callback that co_returns without waiting is like one that returns") {
  int called = 0;
  scene on([&](auto&, runtime::process&) -> server_result {
    ++called;
    co_return runtime::stop(runtime::reason::of(5));
  });
  on.send(go{});
  CHECK(called == 1);
  CHECK(on.log == lines{"terminate 5", "worker destroyed"});
  CHECK(on.end() == "5");
}

TEST_CASE(
    "a callback receives the first message that matches; the others stay in order") {
  lines got;
  scene on([&](auto&, runtime::process& self) -> server_result {
    const auto by = co_await self.receive(1s, [](const opened& who) { return who.by; });
    got.push_back(by.value_or("nobody"));
    co_return noreply();
  });
  SECTION("it has come before") {
    tests::suspend(on.target);
    for (const int each : {1, 2})
      runtime::send(on.target, each);
    runtime::send(on.target, go{});
    runtime::send(on.target, 3);
    runtime::send(on.target, opened{"ada"});
    runtime::send(on.target, opened{"bob"});
    runtime::send(on.target, 4);
    tests::resume(on.target);
    on.node.run_until_idle();
    CHECK(got == lines{"ada"});
    CHECK(on.log.size() == 5);
    CHECK(on.log[2] == "info 3");
    CHECK(on.log[4] == "info 4");
  }
  SECTION("it comes later") {
    on.send(go{});
    on.send(1);
    on.send(opened{"ada"});
    CHECK(got == lines{"ada"});
    CHECK(on.log == lines{"info 1"});
  }
  SECTION("it never comes") {
    on.send(go{});
    on.send(1);
    on.node.advance(999ms);
    CHECK(got.empty());
    on.node.advance(1ms);
    CHECK(got == lines{"nobody"});
    CHECK(on.log == lines{"info 1"});
  }
}

TEST_CASE("receive with no time takes only what has come") {
  lines got;
  scene on([&](auto&, runtime::process& self) -> server_result {
    while (co_await self.receive(0ms, [&](int n) { got.push_back(std::to_string(n)); }))
      continue;
    got.push_back("done");
    co_return noreply();
  });
  tests::suspend(on.target);
  runtime::send(on.target, go{});
  runtime::send(on.target, 1);
  runtime::send(on.target, knock{});
  runtime::send(on.target, 2);
  tests::resume(on.target);
  on.node.run_until_idle();
  CHECK(got == lines{"1", "2", "done"});
  CHECK(on.log.size() == 1);
}

TEST_CASE("call gives the answer, or throws why there is none") {
  lines log;
  stepped_node node{5};
  tester me{node};
  const pid server = node.spawn<clerk>();
  std::string asked = "plain";
  pid whom = server;
  const pid caller =
      node.spawn<worker>(work([&](auto&, runtime::process& self) -> server_result {
                           try {
                             const std::string answer =
                                 co_await self.call<std::string>(whom, 500ms, asked);
                             log.push_back("got " + answer);
                           } catch (const runtime::call_failed& failed) {
                             log.push_back("failed " + to_string(failed.reason()));
                           }
                           co_return noreply();
                         }),
                         std::ref(log));
  node.run_until_idle();
  const auto ask = [&](const std::string& what, runtime::duration time) {
    asked = what;
    runtime::send(caller, go{});
    runtime::send(caller, std::string("later"));
    node.run_until_idle();
    node.advance(time);
  };
  SECTION("at once") {
    ask("plain", 0ms);
    CHECK(log == lines{"got to plain", "info \"later\""});
  }
  SECTION("from a server that waits itself") {
    ask("slow", 99ms);
    CHECK(log.empty());
    node.advance(1ms);
    CHECK(log == lines{"got to slow", "info \"later\""});
  }
  SECTION("too late") {
    ask("never", 500ms);
    CHECK(log == lines{"failed timeout", "info \"later\""});
  }
  SECTION("from a server that dies") {
    ask("die", 0ms);
    CHECK(log == lines{"failed error: boom", "info \"later\""});
  }
  SECTION("from a dead server") {
    node.node().exit(server, runtime::reason::kill);
    node.run_until_idle();
    ask("plain", 0ms);
    CHECK(log == lines{"failed noproc", "info \"later\""});
  }
  SECTION("from itself") {
    whom = caller;
    ask("plain", 0ms);
    CHECK(log == lines{"failed \"calling_self\"", "info \"later\""});
  }
}

TEST_CASE("an untrapped exit signal ends a wait at once and destroys what it holds") {
  lines seen;
  scene on([&](auto&, runtime::process& self) -> server_result {
    const token held(seen, "held");
    co_await self.sleep(1h);
    seen.push_back("went on");
    co_return noreply();
  });
  on.send(go{});
  on.send(1);
  SECTION("a reason") {
    on.node.node().exit(on.target, runtime::reason::of(std::string("boom")));
    on.node.run_until_idle();
    CHECK(on.end() == "\"boom\"");
  }
  SECTION("kill") {
    on.node.node().exit(on.target, runtime::reason::kill);
    on.node.run_until_idle();
    CHECK(on.end() == "killed");
  }
  CHECK(seen == lines{"held destroyed"});
  CHECK(on.log == lines{"worker destroyed"});
}

TEST_CASE("a wait that is over when its process is killed does not go on") {
  lines seen;
  scene on([&](auto&, runtime::process& self) -> server_result {
    const token held(seen, "held");
    co_await self.receive(1h, [](knock) {});
    seen.push_back("went on");
    co_return noreply();
  });
  on.send(go{});
  runtime::send(on.target, knock{});
  on.node.node().exit(on.target, runtime::reason::kill);
  on.node.run_until_idle();
  CHECK(seen.back() == "held destroyed");
  CHECK(on.end() == "killed");
}

TEST_CASE("a trapped exit signal waits in the mailbox, and can be received") {
  lines got;
  scene on([&](auto&, runtime::process& self) -> server_result {
    self.trap_exit(true);
    co_await self.sleep(10ms);
    const bool was_told =
        co_await self.receive(0ms, [&](const runtime::exit_signal& signal) {
          got.push_back(to_string(signal.reason));
        });
    got.push_back(was_told ? "told" : "not told");
    co_return noreply();
  });
  on.send(go{});
  on.node.node().exit(on.target, runtime::reason::of(7));
  on.node.run_until_idle();
  CHECK(got.empty());
  on.node.advance(10ms);
  CHECK(got == lines{"7", "told"});
}

TEST_CASE("monitor_down waits for the one that it is asked for") {
  lines got;
  stepped_node node{5};
  tester me{node};
  const pid one = node.spawn<puppet>();
  const pid other = node.spawn<puppet>();
  const pid waiting =
      node.spawn<worker>(work([&](auto&, runtime::process& self) -> server_result {
                           static_cast<void>(self.monitor(other));
                           const auto ref = self.monitor(one);
                           const auto gone = co_await self.monitor_down(ref, 1s);
                           got.push_back(gone ? to_string(gone->reason) : "none");
                           co_return noreply();
                         }),
                         std::ref(got));
  node.run_until_idle();
  runtime::send(waiting, go{});
  node.run_until_idle();
  node.node().exit(other, runtime::reason::of(1));
  node.run_until_idle();
  CHECK(got.empty());
  node.node().exit(one, runtime::reason::of(2));
  node.run_until_idle();
  REQUIRE(got.size() == 2);
  CHECK(got[0] == "2");
  CHECK(got[1].find("info down{") == 0);
}

TEST_CASE("an exception after a wait counts as one of the callback") {
  scene on([&](auto&, runtime::process& self) -> server_result {
    co_await self.sleep(1ms);
    throw std::runtime_error("boom");
  });
  on.send(go{});
  on.node.advance(1ms);
  CHECK(on.end() == "error: boom");
  CHECK(on.log == lines{"terminate error: boom", "worker destroyed"});
  CHECK(on.node.log_lines().size() == 1);
}

TEST_CASE("a full mailbox still takes what its process waits for") {
  lines got;
  scene on([&](auto&, runtime::process& self) -> server_result {
    self.limit_mailbox({2, 0, runtime::when_full::drop_newest});
    got.push_back(co_await self.receive(1s, [](knock) {}) ? "opened" : "nobody");
    co_return noreply();
  });
  on.send(go{});
  for (const int each : {1, 2, 3})
    on.send(each);
  on.send(knock{});
  CHECK(got == lines{"opened"});
  CHECK(on.log == lines{"info 1", "info 2"});
}

TEST_CASE("an init that waits: messages come after it") {
  class late final : public runtime::gen_server {
  public:
    explicit late(lines& log) : log_(log) {}

  private:
    server_result init() override {
      co_await self().sleep(10ms);
      log_.push_back("up");
      co_return runtime::continue_with(1);
    }
    server_result handle_continue(term) override {
      co_await self().sleep(10ms);
      log_.push_back("continued");
      co_return noreply();
    }
    server_result handle_info(term info) override {
      log_.push_back(to_string(info));
      return noreply();
    }
    lines& log_;
  };
  lines log;
  stepped_node node{5};
  const pid target = node.spawn<late>(std::ref(log));
  runtime::send(target, 1);
  node.run_until_idle();
  CHECK(log.empty());
  node.advance(10ms);
  CHECK(log == lines{"up"});
  node.advance(10ms);
  CHECK(log == lines{"up", "continued", "1"});
}
