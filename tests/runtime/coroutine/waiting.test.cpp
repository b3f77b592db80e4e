// Coroutines that a callback awaits: values, exceptions, how they end, and how deep they
// nest.
#include "websock/runtime/coroutine/waiting.hpp"

#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/waiting_worker.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::waiting;
using scene = waiting_scene;

namespace {

waiting<int> twice(process& self, int n) {
  co_await self.sleep(1ms);
  co_return 2 * n;
}

waiting<int> at_once(process&, int n) {
  co_return n;
}

waiting<> note(lines& log, std::string what) {
  log.push_back(std::move(what));
  co_return;
}

/// Waits at the bottom.
waiting<int> depth(process& self, int levels, runtime::duration time) {
  if (levels == 0) {
    if (time != 0ms)
      co_await self.sleep(time);
    co_return 0;
  }
  co_return 1 + co_await depth(self, levels - 1, time);
}

waiting<> hold(process& self, lines& log, int levels) {
  const token outside(log, "outside " + std::to_string(levels));
  if (levels == 0)
    co_await self.sleep(1h);
  else
    co_await hold(self, log, levels - 1);
  log.push_back("went on");
}

/// A callback and functions of its own.
class reader final : public runtime::gen_server {
public:
  explicit reader(lines& log) : log_(log) {}

private:
  call_result handle_call(term request, from) override {
    const auto name = request.get<std::string>();
    co_return reply(co_await greeting(name));
  }
  waiting<std::string> greeting(const std::string& name) {
    const int number = co_await next();
    co_return "hello " + name + ", number " + std::to_string(number);
  }
  waiting<int> next() {
    log_.push_back("next");
    self().send(self().pid(), std::string("another"));
    self().send(self().pid(), 6);
    const auto number = co_await self().receive(1s, [](int n) { return n; });
    co_return number.value_or(-1);
  }
  server_result handle_info(term info) override {
    log_.push_back("info " + to_string(info));
    return noreply();
  }
  lines& log_;
};

} // namespace

TEST_CASE("a function that waits gives its value, whether it has waited or not") {
  lines got;
  scene on([&](auto&, process& self) -> server_result {
    got.push_back(std::to_string(co_await twice(self, 4)));
    got.push_back(std::to_string(co_await at_once(self, 5)));
    co_await note(got, "void");
    const int nested = 1 + co_await twice(self, co_await twice(self, 3));
    got.push_back(std::to_string(nested));
    co_return runtime::stop(runtime::reason::of(9));
  });
  on.send(go{});
  on.send(1);
  CHECK(got.empty());
  on.node.advance(1ms);
  CHECK(got == lines{"8", "5", "void"});
  CHECK(on.log.empty());
  on.node.advance(2ms);
  CHECK(got.back() == "13");
  CHECK(on.end() == "9");
}

TEST_CASE("a member function that waits takes messages as its callback would") {
  lines log;
  stepped_node node{7};
  tester me{node};
  const pid target = node.spawn<reader>(std::ref(log));
  CHECK(me.call<std::string>(target, 10s, std::string("ada")) == "hello ada, number 6");
  CHECK(log == lines{"next", "info \"another\""});
}

TEST_CASE("nothing of a function that waits runs before it is awaited") {
  lines got;
  scene on([&](auto&, process&) -> server_result {
    { const auto never = note(got, "never"); }
    auto later = note(got, "later");
    got.push_back("first");
    co_await later;
    auto moved = note(got, "moved");
    co_await std::move(moved);
    for (auto* each : {&later, &moved}) {
      try {
        co_await *each;
      } catch (const std::logic_error& failed) {
        got.push_back(failed.what());
      }
    }
    co_return noreply();
  });
  on.send(go{});
  const std::string once = "a waiting<T> is awaited once";
  CHECK(got == lines{"first", "later", "moved", once, once});
}

TEST_CASE("an exception crosses functions that wait, and is caught like any other") {
  lines got;
  const auto fail = [&got](process& self, bool waits) -> waiting<int> {
    const token held(got, "held");
    if (waits)
      co_await self.sleep(1ms);
    throw std::runtime_error("boom");
  };
  const auto pass_on = [&](process& self, bool waits) -> waiting<int> {
    const token held(got, "outer");
    co_return co_await fail(self, waits);
  };
  const bool waits = GENERATE(true, false);
  SECTION("by the callback") {
    scene on([&](auto&, process& self) -> server_result {
      try {
        co_await pass_on(self, waits);
      } catch (const std::runtime_error& failed) {
        got.push_back(failed.what());
      }
      co_return noreply();
    });
    on.send(go{});
    on.node.advance(1ms);
    CHECK(got == lines{"held destroyed", "outer destroyed", "boom"});
    CHECK(on.end() == "alive");
  }
  SECTION("by nobody") {
    scene on([&](auto&, process& self) -> server_result {
      co_await pass_on(self, waits);
      co_return noreply();
    });
    on.send(go{});
    on.node.advance(1ms);
    CHECK(on.end() == "error: boom");
    CHECK(on.log == lines{"terminate error: boom", "worker destroyed"});
  }
  SECTION("exit within it ends the process") {
    const auto leave = [](process& self) -> waiting<> {
      co_await self.sleep(1ms);
      process::exit(runtime::reason::of(3));
    };
    scene on([&](auto&, process& self) -> server_result {
      co_await leave(self);
      co_return noreply();
    });
    on.send(go{});
    on.node.advance(1ms);
    CHECK(on.end() == "3");
  }
}

TEST_CASE("a kill deep inside destroys what each holds, innermost first") {
  lines seen;
  scene on([&](auto&, process& self) -> server_result {
    const token held(seen, "callback");
    co_await at_once(self, 1); // is over, and out of the way
    co_await hold(self, seen, 2);
    co_return noreply();
  });
  on.send(go{});
  CHECK(seen.empty());
  SECTION("kill") {
    on.node.node().exit(on.target, runtime::reason::kill);
    on.node.run_until_idle();
    CHECK(on.end() == "killed");
  }
  SECTION("a reason that is not trapped") {
    on.node.node().exit(on.target, runtime::reason::of(4));
    on.node.run_until_idle();
    CHECK(on.end() == "4");
  }
  CHECK(seen
        == lines{"outside 0 destroyed", "outside 1 destroyed", "outside 2 destroyed",
                 "callback destroyed"});
  CHECK(on.log == lines{"worker destroyed"});
}

TEST_CASE("functions that wait may nest as deep as there is memory") {
  constexpr int levels = 200'000; // each level on the stack of a thread would be too many
  int reached = 0;
  scene on([&](auto&, process& self) -> server_result {
    reached = co_await depth(self, levels, 0ms);
    reached += co_await depth(self, levels, 1ms);
    co_await depth(self, levels, 1h);
    co_return noreply();
  });
  on.send(go{});
  CHECK(reached == levels);
  on.node.advance(1ms);
  CHECK(reached == 2 * levels);
  on.node.node().exit(on.target, runtime::reason::kill);
  on.node.run_until_idle();
  CHECK(on.end() == "killed");
}

TEST_CASE("functions that wait follow each other for as long as they like") {
  constexpr int rounds = 10'000;
  long sum = 0;
  std::size_t allocated = 0;
  scene on([&](auto&, process& self) -> server_result {
    for (int i = 0; i < 2 * rounds; ++i) {
      if (i == rounds) // by now the pool has what it takes
        allocated = tests::allocations();
      sum += co_await at_once(self, 1);
      sum += co_await depth(self, 3, i % 2 == 0 ? 1ns : 0ns);
    }
    allocated = tests::allocations() - allocated;
    co_return noreply();
  });
  on.send(go{});
  on.node.advance(1ms);
  CHECK(sum == 2L * rounds * 4);
  if (tests::are_allocations_counted())
    CHECK(allocated == 0);
}
