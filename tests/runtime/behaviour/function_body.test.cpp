// Functions that await, run as whole processes and in a thread's process.
#include "websock/runtime/behaviour/function_body.hpp"

#include "websock/runtime/server/thread_process.hpp"

#include "tests/catch.hpp"
#include "tests/support/puppet.hpp"
#include "tests/support/waiting_worker.hpp"

#include <stdexcept>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::waiting;

namespace {

waiting<int> three(process& self) {
  co_await self.sleep(1ms);
  co_return 3;
}

struct scene {
  template <class F>
  void spawn(F function) {
    target = me.in_process([&](process& self) {
      auto one = by_process ? self.spawn(function) : self.node().spawn(function);
      static_cast<void>(self.monitor(one));
      return one;
    });
  }
  [[nodiscard]] std::string end(runtime::duration limit = 1s) {
    return reason_of_down(me, limit);
  }

  lines log;
  bool by_process = GENERATE(true, false);
  stepped_node node{1};
  tester me{node};
  pid target;
};

} // namespace

TEST_CASE("a process may be a function that waits: it ends when that is done") {
  scene on;
  on.spawn([&log = on.log](process& self) -> waiting<> {
    log.push_back("before");
    co_await self.sleep(50ms);
    log.push_back("after");
  });
  CHECK(on.end(40ms) == "alive");
  CHECK(on.log == lines{"before"});
  CHECK(on.end() == "normal");
  CHECK(on.log == lines{"before", "after"});
}

TEST_CASE("one that is done at once, or gives a value") {
  scene on;
  on.spawn([](process& self) { return three(self); });
  CHECK(on.end() == "normal");
  on.spawn([](process&) -> waiting<> { co_return; });
  CHECK(on.end() == "normal");
}

TEST_CASE("one that throws, before or after it has waited") {
  scene on;
  const auto time = GENERATE(0ms, 1ms);
  on.spawn([time](process& self) -> waiting<> {
    if (time > 0ms)
      co_await self.sleep(time);
    throw std::runtime_error("boom");
  });
  CHECK(on.end() == "error: boom");
  on.spawn([time](process& self) -> waiting<> {
    if (time > 0ms)
      co_await self.sleep(time);
    process::exit(runtime::reason::of(7));
  });
  CHECK(on.end() == "7");
}

TEST_CASE("one that is ended while it waits: what it holds is destroyed") {
  scene on;
  on.spawn([&log = on.log](process& self) -> waiting<> {
    const token held(log, "held");
    co_await self.sleep(1h);
  });
  on.node.run_until_idle();
  on.node.node().exit(on.target, runtime::reason::shutdown);
  CHECK(on.end() == "shutdown");
  CHECK(on.log == lines{"held destroyed"});
}

TEST_CASE("a thread calls a function that waits in its process, and gets its value") {
  stepped_node node(1);
  tester me(node);
  CHECK(me.in_process([](process& self) { return three(self); }) == 3);
  int done = 0;
  me.in_process([&](process& self) -> waiting<> {
    self.send(self.pid(), std::string("came meanwhile"));
    done += co_await three(self);
  });
  CHECK(done == 3);
  CHECK(me.flush(1ms) == lines{"\"came meanwhile\""});
  const auto fail = [](process& self) -> waiting<> {
    co_await self.sleep(1ms);
    throw std::runtime_error("boom");
  };
  CHECK_THROWS_AS(me.in_process(fail), std::runtime_error);
}

TEST_CASE("a thread whose process is killed while it waits there is told so") {
  runtime::node node({.shards = 1, .pool_threads = 1});
  runtime::thread_process me(node);
  const auto wait_for_the_end = [](process& self) -> waiting<> {
    self.node().exit(self.pid(), runtime::reason::kill);
    co_await self.sleep(1h);
  };
  CHECK_THROWS_AS(me.in_process(wait_for_the_end), runtime::no_such_process);
}
