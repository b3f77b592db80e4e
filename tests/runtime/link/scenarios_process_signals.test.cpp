// Recorded scenarios: exit signals, exit reasons, and the order of signals.
#include "websock/runtime/testing/tester.hpp"

#include "tests/catch.hpp"
#include "tests/support/puppet.hpp"

#include <stdexcept>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::exit_reason;
namespace reason = runtime::reason;

namespace {

const exit_reason boom = reason::of(std::string("boom"));

enum class exits : bool { untrapped, trapped };
enum class sender : bool { another, itself };

/// What becomes of a process T that is sent an exit signal by S: "died <reason>", "got
/// <message>" or "alive".
std::string after_signal(exits handling, const exit_reason& why, sender from) {
  stepped_node node(any_schedule());
  tester me(node);
  const pid t = node.spawn<puppet>(
      [handling](process& self) { self.trap_exit(handling == exits::trapped); },
      me.pid());
  const pid s = from == sender::another ? node.spawn<puppet>() : t;
  static_cast<void>(me.monitor(t));
  tell(s, [t, why](process& self) { self.exit(t, why); });
  if (const auto reason = tests::reason_of_down(me, 50ms); reason != "alive")
    return "died " + reason;
  const auto got = tests::reports(me, 0ms);
  if (got.empty())
    return "alive";
  CHECK(got == lines{"exit_signal{" + to_string(s) + ", " + to_string(why) + "}"});
  return "got exit_signal with " + to_string(why);
}

std::string after_signal(exits handling, const exit_reason& why) {
  return after_signal(handling, why, sender::another);
}
std::string after_signal_to_itself(exits handling, const exit_reason& why) {
  return after_signal(handling, why, sender::itself);
}

/// The exit reason of a process that runs `body`.
std::string reason_after(tests::body does) {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn<puppet>();
  static_cast<void>(me.monitor(p));
  tell(p, std::move(does));
  return tests::reason_of_down(me, 50ms);
}

} // namespace

TEST_CASE("an untrapped exit signal ends its target with the signal's reason",
          "[proc-exit-boom-notrap]") {
  CHECK(after_signal(exits::untrapped, boom) == "died \"boom\"");
}

TEST_CASE("a trapped exit signal is a message that names its sender",
          "[proc-exit-boom-trap]") {
  CHECK(after_signal(exits::trapped, boom) == "got exit_signal with \"boom\"");
}

TEST_CASE("the victim of kill exits with killed", "[proc-exit-kill-notrap]") {
  CHECK(after_signal(exits::untrapped, runtime::reason::kill) == "died killed");
}

TEST_CASE("kill ends a process that traps exits, too", "[proc-exit-kill-trap]") {
  CHECK(after_signal(exits::trapped, runtime::reason::kill) == "died killed");
}

TEST_CASE("an untrapped exit signal normal has no effect", "[proc-exit-normal-notrap]") {
  CHECK(after_signal(exits::untrapped, runtime::reason::normal) == "alive");
}

TEST_CASE("a trapped exit signal normal is a message", "[proc-exit-normal-trap]") {
  CHECK(after_signal(exits::trapped, runtime::reason::normal)
        == "got exit_signal with normal");
}

TEST_CASE("an untrapped exit signal shutdown ends its target",
          "[proc-exit-shutdown-notrap]") {
  CHECK(after_signal(exits::untrapped, runtime::reason::shutdown) == "died shutdown");
}

TEST_CASE("a trapped exit signal shutdown is a message", "[proc-exit-shutdown-trap]") {
  CHECK(after_signal(exits::trapped, runtime::reason::shutdown)
        == "got exit_signal with shutdown");
}

TEST_CASE("an exit signal to itself ends the sender",
          "[proc-self-exit-bif-boom-notrap]") {
  CHECK(after_signal_to_itself(exits::untrapped, boom) == "died \"boom\"");
}

TEST_CASE("an exit signal to itself is a message when the sender traps exits",
          "[proc-self-exit-bif-boom-trap]") {
  CHECK(after_signal_to_itself(exits::trapped, boom) == "got exit_signal with \"boom\"");
}

TEST_CASE("a process that kills itself exits with killed",
          "[proc-self-exit-bif-kill-notrap]") {
  CHECK(after_signal_to_itself(exits::untrapped, runtime::reason::kill) == "died killed");
}

TEST_CASE("a process that kills itself cannot trap that",
          "[proc-self-exit-bif-kill-trap]") {
  CHECK(after_signal_to_itself(exits::trapped, runtime::reason::kill) == "died killed");
}

TEST_CASE("an exit signal normal to itself, and only to itself, ends a process",
          "[proc-self-exit-bif-normal-notrap]") {
  CHECK(after_signal_to_itself(exits::untrapped, runtime::reason::normal)
        == "died normal");
}

TEST_CASE("an exit signal normal to itself is a message when it is trapped",
          "[proc-self-exit-bif-normal-trap]") {
  CHECK(after_signal_to_itself(exits::trapped, runtime::reason::normal)
        == "got exit_signal with normal");
}

TEST_CASE("an exit signal shutdown to itself ends a process",
          "[proc-self-exit-bif-shutdown-notrap]") {
  CHECK(after_signal_to_itself(exits::untrapped, runtime::reason::shutdown)
        == "died shutdown");
}

TEST_CASE("an exit signal shutdown to itself is a message when it is trapped",
          "[proc-self-exit-bif-shutdown-trap]") {
  CHECK(after_signal_to_itself(exits::trapped, runtime::reason::shutdown)
        == "got exit_signal with shutdown");
}

TEST_CASE("an exception becomes the exit reason by its text, exit(reason) is the reason",
          "[exit-reason-raise-shape]") {
  CHECK(reason_after([](process&) { throw std::runtime_error("boom"); })
        == "error: boom");
  CHECK(reason_after([](process&) { throw 7; })
        == "error: an exception that is not a std::exception");
  CHECK(reason_after([](process& self) { self.exit(reason::of(std::string("x"))); })
        == "\"x\"");
}

TEST_CASE("an exit signal overtakes no message that the same sender sent before or after",
          "[signal-exit-then-message]") {
  stepped_node node(any_schedule());
  tester me(node);
  const auto handling = GENERATE(exits::trapped, exits::untrapped);
  const pid t = node.spawn<puppet>(
      [handling](process& self) { self.trap_exit(handling == exits::trapped); },
      me.pid());
  node.run_until_idle();
  me.in_process([t](process& self) {
    self.exit(t, boom);
    self.send(t, std::string("m"));
  });
  const auto signal = "exit_signal{" + to_string(me.pid()) + ", \"boom\"}";
  CHECK(tests::reports(me, 70ms)
        == (handling == exits::trapped ? lines{signal, "\"m\""} : lines{}));
}

TEST_CASE("ten thousand messages of one sender arrive in the order sent",
          "[signal-order-fifo-pair]") {
  stepped_node node(any_schedule());
  tester me(node);
  node.spawn([to = me.pid()](process& self) {
    for (int i = 1; i <= 10'000; ++i)
      self.send(to, i);
  });
  lines expected;
  for (int i = 1; i <= 10'000; ++i)
    expected.push_back(std::to_string(i));
  CHECK((me.flush(100ms) == expected)); // not printed when it fails: it is long
}
