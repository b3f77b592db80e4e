// Recorded scenarios: timers that send a message.
#include "websock/runtime/testing/tester.hpp"

#include "tests/catch.hpp"
#include "tests/support/puppet.hpp"

#include <optional>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::reference;

namespace {

/// send_after to the tester itself.
template <class T>
reference send_after(tester& me, runtime::duration delay, T value) {
  return me.in_process(
      [&](process& self) { return self.send_after(delay, self, value); });
}

std::optional<runtime::duration> read(tester& me, reference timer) {
  return me.in_process([=](process& self) { return self.read_timer(timer); });
}

std::optional<runtime::duration> cancel(tester& me, reference timer) {
  return me.in_process([=](process& self) { return self.cancel_timer(timer); });
}

} // namespace

TEST_CASE("send_after delivers the bare message, once, and not before its time",
          "[timer-send_after]") {
  stepped_node node(any_schedule());
  tester me(node);
  send_after(me, 30ms, 7);
  CHECK(me.flush(29ms).empty());
  CHECK(me.flush(1ms) == lines{"7"});
  CHECK(me.flush(70ms).empty());
}

TEST_CASE("start_timer delivers the message with the timer's reference",
          "[timer-start_timer-shape]") {
  stepped_node node(any_schedule());
  tester me(node);
  const auto timer =
      me.in_process([](process& self) { return self.start_timer(20ms, self, 7); });
  const auto expired =
      me.receive(80ms, [](const runtime::timer_expired& message) { return message; });
  REQUIRE(expired);
  CHECK(expired->ref == timer);
  CHECK(expired->message == runtime::term(7));
  CHECK(me.flush(80ms).empty());
}

TEST_CASE("a timer of no time is behind what is sent directly", "[timer-zero]") {
  stepped_node node(any_schedule());
  tester me(node);
  me.in_process([](process& self) {
    self.send_after(0ms, self, std::string("timer"));
    self.send(self.pid(), std::string("direct"));
  });
  CHECK(me.flush(30ms) == lines{"\"direct\"", "\"timer\""});
}

TEST_CASE("timers of the same time fire in the order in which they were made",
          "[timer-same-deadline-order]") {
  stepped_node node(any_schedule());
  tester me(node);
  me.in_process([](process& self) {
    for (int i = 1; i <= 5; ++i)
      self.send_after(30ms, self, i);
  });
  CHECK(me.flush(100ms) == lines{"1", "2", "3", "4", "5"});
}

TEST_CASE("read_timer says what is left until the timer is cancelled or has fired",
          "[timer-read]") {
  stepped_node node(any_schedule());
  tester me(node);
  const auto cancelled = send_after(me, 1'000ms, 1);
  const auto fired = send_after(me, 100ms, 2);
  me.sleep(60ms);
  CHECK(read(me, cancelled) == std::optional<runtime::duration>(940ms));
  CHECK(cancel(me, cancelled) == std::optional<runtime::duration>(940ms));
  CHECK_FALSE(read(me, cancelled));
  CHECK(me.flush(100ms) == lines{"2"});
  CHECK_FALSE(read(me, fired));
}

TEST_CASE("a timer can be cancelled in another process's name, on any shard",
          "[timer-cancel-from-other-process]") {
  stepped_node node(any_schedule());
  tester me(node);
  const auto timer = send_after(me, 1'000ms, 7);
  for (std::size_t shard = 0; shard < node.node().shard_count(); ++shard)
    node.node().spawn_on<puppet>(shard,
                                 tests::body([timer, to = me.pid()](process& self) {
                                   self.send(to, self.cancel_timer(timer).has_value());
                                 }));
  const auto answers = me.flush(50ms);
  REQUIRE(answers.size() == 2);
  CHECK((answers[0] == "true") != (answers[1] == "true"));
  CHECK(me.flush(2'000ms).empty());
}

TEST_CASE("a timer outlives the process that made it",
          "[timer-created-by-dead-process]") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn([to = me.pid()](process& self) {
    self.send_after(40ms, to, std::string("from the dead"));
  });
  me.sleep(10ms);
  CHECK_FALSE(p.is_alive());
  CHECK(me.flush(100ms) == lines{"\"from the dead\""});
}

TEST_CASE("the timer of a process that has died is no longer there", "[timer-dead-pid]") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn<puppet>();
  const auto timer =
      me.in_process([&](process& self) { return self.send_after(500ms, p, 7); });
  me.exit(p, runtime::reason::shutdown);
  me.sleep(60ms);
  CHECK_FALSE(read(me, timer));
  CHECK_FALSE(cancel(me, timer));
}

TEST_CASE("a timer's name is looked up when it fires, and nobody's is no error",
          "[timer-name-late-binding]") {
  stepped_node node(any_schedule());
  tester me(node);
  me.in_process([](process& self) {
    self.send_after(40ms, "tn", 7);
    self.send_after(20ms, "never", 8);
    self.register_name("tn");
  });
  CHECK(me.flush(100ms) == lines{"7"});
  me.in_process([](process& self) { self.unregister_name("tn"); });
  CHECK(node.log_lines().empty());
}

TEST_CASE("an asynchronous cancel answers with a message, one without interest in it not",
          "[timer-cancel-async-info]") {
  stepped_node node(any_schedule());
  tester me(node);
  const auto timer = send_after(me, 1'000ms, 7);
  const auto answer_of_cancel = [&] {
    me.in_process([=](process& self) { self.cancel_timer_async(timer); });
    const auto answer =
        me.receive(50ms, [](const runtime::timer_cancelled& message) { return message; });
    REQUIRE(answer);
    CHECK(answer->ref == timer);
    return answer->left;
  };
  CHECK(answer_of_cancel() == 1'000ms);
  CHECK_FALSE(answer_of_cancel());
  const auto other = send_after(me, 1'000ms, 7);
  me.in_process([=](process& self) { static_cast<void>(self.cancel_timer(other)); });
  CHECK(me.flush(2'000ms).empty());
}
