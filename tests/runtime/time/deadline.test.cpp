// From a user's duration to a deadline: infinity stays infinite, and negative durations
// are rejected.
#include "websock/runtime/time/deadline.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/server/gen_server.hpp"
#include "websock/runtime/server/task.hpp"
#include "websock/runtime/supervisor/child_spec.hpp"
#include "websock/runtime/testing/tester.hpp"

#include "tests/catch.hpp"
#include "tests/support/inner.hpp"
#include "tests/support/puppet.hpp"
#include "tests/support/waiting_worker.hpp"

#include <cstdint>
#include <stdexcept>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::deadline_in;
using runtime::duration;
using runtime::end_of_time;
using runtime::time_point;

namespace {

using milliseconds = runtime::saturated<std::chrono::milliseconds>;

/// How people write "for ever", and times that no clock reaches.
[[nodiscard]] duration any_eternity() {
  return GENERATE(duration(runtime::infinity), duration(runtime::infinity - 1ns),
                  duration(std::chrono::hours::max()),
                  duration(std::chrono::milliseconds::max()),
                  duration(std::chrono::seconds(10'000'000'000)), // 317 years
                  duration(std::chrono::duration<std::uint64_t>::max()));
}

/// Answers after 300 ms.
class slow final : public runtime::gen_server {
  runtime::call_result handle_call(runtime::term, runtime::from caller) override {
    self().send_after(300ms, self(), caller);
    return runtime::noreply();
  }
  runtime::server_result handle_info(runtime::term info) override {
    runtime::reply(info.get<runtime::from>(), 1);
    return runtime::noreply();
  }
};

} // namespace

TEST_CASE("a duration holds the nearest one that it can") {
  CHECK(duration(5s) == 5s);
  CHECK(duration(-5s) == -5s);
  CHECK(duration(std::chrono::hours::max()) == duration::max());
  CHECK(duration(std::chrono::hours::min()) == duration::min());
  CHECK(duration(std::chrono::duration<std::uint64_t>::max()) == duration::max());
  CHECK(duration(std::chrono::duration<std::uint8_t>(200)) == 200s);
  CHECK(milliseconds(std::chrono::hours::max()) == milliseconds::max());
  CHECK(duration(milliseconds::max()) == duration::max());
  constexpr auto longest = 9'223'372'036'854'775'807ns / 1s;
  CHECK(duration(std::chrono::seconds(longest)) == std::chrono::seconds(longest));
  CHECK(duration(std::chrono::seconds(longest + 1)) == duration::max());
}

TEST_CASE("a deadline is never beyond the end of time, and never before now") {
  const auto now = time_point() + 1h;
  CHECK(deadline_in(now, 5s) == now + 5s);
  CHECK(deadline_in(now, 0s) == now);
  CHECK(deadline_in(now, -5s) == now);
  CHECK(deadline_in(now, duration::min()) == now);
  CHECK(deadline_in(now, runtime::infinity) == end_of_time);
  CHECK(deadline_in(end_of_time - 1s, 1s) == end_of_time);
  CHECK(deadline_in(end_of_time - 1s, 1s - 1ns) == end_of_time - 1ns);
}

TEST_CASE("a wait of a thread that is too long for the clock is for ever") {
  stepped_node node(1);
  tester me(node);
  const auto server = node.spawn<slow>();
  const auto limit = any_eternity();
  CHECK(me.call<int>(server, limit, 1) == 1);
  me.in_process([](runtime::process& self) { self.send_after(300ms, self, 7); });
  CHECK(me.receive(limit, [](int number) { return number; }) == 7);
  const auto id = me.in_process(
      [&](runtime::process& self) { return self.send_request(server, limit, 1); });
  CHECK(me.receive_response({&id, 1}, limit).is_answered());
}

TEST_CASE("a wait of a callback that is too long for the clock is for ever") {
  const auto limit = any_eternity();
  bool has_received = false;
  tests::waiting_scene on([&](auto&, runtime::process& self) -> runtime::server_result {
    has_received = co_await self.receive(limit, [](int) {});
    co_await self.sleep(limit);
    co_return runtime::noreply();
  });
  on.send(tests::go{});
  on.node.advance(24h);
  CHECK_FALSE(has_received);
  on.send(1);
  CHECK(has_received);
  on.node.advance(24h);
  CHECK(tests::process_of(on.target).is_waiting());
}

TEST_CASE("a timer that is too long for the clock never fires") {
  stepped_node node(1);
  tester me(node);
  const auto delay = any_eternity();
  const auto timer = me.in_process([&](runtime::process& self) {
    self.send_interval(delay, self, 2);
    self.start_timer(delay, self, 3);
    return self.send_after(delay, self, 1);
  });
  CHECK(me.flush(24h).empty());
  const auto left =
      me.in_process([timer](runtime::process& self) { return self.cancel_timer(timer); });
  CHECK(left > 24h * 365 * 200);
}

TEST_CASE("less than no time is refused wherever a process waits") {
  stepped_node node(1);
  tester me(node);
  const auto server = node.spawn<slow>();
  const auto less = GENERATE(duration(-1ns), duration(-1ms), duration::min(),
                             duration(std::chrono::hours::min()));
  using refused = std::invalid_argument;
  const auto is_refused = [&me](auto work) {
    return tests::raises<refused>(me, std::move(work));
  };
  CHECK(is_refused([=](auto& self) { self.send_after(less, self, 1); }));
  CHECK(is_refused([=](auto& self) { self.start_timer(less, self, 1); }));
  CHECK(is_refused([=](auto& self) { self.send_interval(less, self, 1); }));
  CHECK(is_refused([=](auto& self) { self.send_request(server, less, 1); }));
  CHECK(is_refused([=](auto& self) { static_cast<void>(self.sleep(less)); }));
  CHECK(
      is_refused([=](auto& self) { static_cast<void>(self.receive(less, [](int) {})); }));
  CHECK(is_refused([=](auto& self) { static_cast<void>(self.call(server, less, 1)); }));
  CHECK(is_refused([=](auto& self) {
    static_cast<void>(self.monitor_down(runtime::reference(), less));
  }));
  CHECK_THROWS_AS(me.receive(less, [](int) {}), refused);
  CHECK_THROWS_AS(me.call(server, less, 1), refused);
  CHECK_THROWS_AS(me.receive_response({}, less), refused);
  CHECK_THROWS_AS(runtime::noreply_until(less), refused);
  CHECK_THROWS_AS(runtime::shutdown_limit(less), refused);
  CHECK_THROWS_WITH(runtime::noreply_until(less),
                    "the limit of noreply_until is negative: it must be 0 or more");
  CHECK(me.flush(1s).empty());
}

TEST_CASE(
    "a task with less than no time is refused, and one with an eternity waited for") {
  stepped_node node(1);
  tester me(node);
  const auto before = node.node().process_count();
  CHECK_THROWS_AS(runtime::async(me, [] { return 1; }, {.limit = -1ms}),
                  std::invalid_argument);
  CHECK(node.node().process_count() == before);
  const auto limit = any_eternity();
  const auto task = runtime::async(me, [] { return 1; }, {.limit = limit});
  CHECK(runtime::await(me, task, limit) == 1);
}
