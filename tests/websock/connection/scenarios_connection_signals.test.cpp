// Recorded scenarios: exit signals to a connection, from another process and from itself.
#include "tests/catch.hpp"
#include "tests/support/stage.hpp"

#include <string>

namespace runtime = websock::runtime;

using namespace tests;
using runtime::exit_reason;
using websock::testing::close_frame;

namespace {

const exit_reason boom = runtime::reason::of(std::string("boom"));

/// A handler whose `init` sets the flag.
script trapping(bool on) {
  script todo;
  todo.init = [on](process& self) {
    self.trap_exit(on);
    return websock::ok();
  };
  return todo;
}

/// The connection ends of the signal `why`, without a callback, while two messages wait.
void check_ends_at_once(stage& on, observed& c, const exit_reason& why,
                        const close_frame& sent, const std::string& end) {
  c.hold();
  runtime::send(c.pid(), 1);
  on.me.exit(c.pid(), why);
  runtime::send(c.pid(), 2);
  c.go_on();
  CHECK(c.callbacks() == lines{"init", "destroyed"});
  CHECK(c.peer.frames().size() == 1);
  CHECK(c.peer.close_frame() == sent);
  CHECK(c.peer.is_ended());
  CHECK(c.end() == end);
  CHECK(on.node.log_lines().empty());
}

} // namespace

TEST_CASE("kill ends a connection with killed", "[conn-exit-signal-kill]") {
  stage on;
  observed c(on);
  CHECK_FALSE(c.process().traps_exit());
  check_ends_at_once(on, c, runtime::reason::kill, {1011, ""}, "killed");
}

TEST_CASE("kill ends a connection that traps exits with killed",
          "[conn-exit-signal-trap-kill]") {
  stage on;
  observed c(on, trapping(true));
  CHECK(c.process().traps_exit());
  check_ends_at_once(on, c, runtime::reason::kill, {1011, ""}, "killed");
}

TEST_CASE("the exit signal shutdown ends a connection, which does not trap exits by "
          "default",
          "[conn-exit-signal-shutdown]") {
  stage on;
  observed c(on);
  CHECK_FALSE(c.process().traps_exit());
  check_ends_at_once(on, c, runtime::reason::shutdown, {1001, ""}, "shutdown");
}

TEST_CASE("an exit signal {shutdown, term} ends a connection as shutdown does",
          "[conn-exit-signal-shutdownx]") {
  stage on;
  observed c(on);
  check_ends_at_once(on, c, runtime::reason::shutdown("x"), {1001, ""},
                     "{shutdown, \"x\"}");
}

TEST_CASE("a connection whose init turns trapping off ends of any reason",
          "[conn-exit-signal-notrap-boom]") {
  stage on;
  observed c(on, trapping(false), {.trap_exit = true});
  check_ends_at_once(on, c, boom, {1011, ""}, "\"boom\"");
}

TEST_CASE("a connection whose init turns trapping off ends of shutdown",
          "[conn-exit-signal-notrap-shutdown]") {
  stage on;
  observed c(on, trapping(false), {.trap_exit = true});
  check_ends_at_once(on, c, runtime::reason::shutdown, {1001, ""}, "shutdown");
}

TEST_CASE("the exit signal normal of another process is nothing to a connection",
          "[conn-exit-signal-normal]") {
  stage on;
  observed c(on);
  on.me.exit(c.pid(), runtime::reason::normal);
  check_untouched(on, c);
  check_hang_up(on, c, {"init"});
}

TEST_CASE("nor to one whose init turns trapping off",
          "[conn-exit-signal-notrap-normal]") {
  stage on;
  observed c(on, trapping(false), {.trap_exit = true});
  on.me.exit(c.pid(), runtime::reason::normal);
  check_untouched(on, c);
  check_hang_up(on, c, {"init"});
}

TEST_CASE("a trapped normal is a message to handle_info",
          "[conn-exit-signal-trap-normal]") {
  stage on;
  observed c(on, trapping(true));
  on.me.exit(c.pid(), runtime::reason::normal);
  check_untouched(on, c);
  check_hang_up(on, c,
                {"init", "info exit_signal{" + to_string(on.me.pid()) + ", normal}"});
}

namespace {

/// Sends itself an exit signal for the first frame and then answers "survived".
script signalling_itself(const exit_reason& why) {
  script todo;
  const auto itself = std::make_shared<process*>();
  todo.init = [itself](process& self) {
    *itself = &self;
    return websock::ok();
  };
  todo.handle_in = [itself, why](websock::message_view) {
    (*itself)->exit((*itself)->pid(), why);
    return websock::push(websock::text("survived"));
  };
  return todo;
}

} // namespace

TEST_CASE("a connection that sends itself an exit signal goes no further in its callback",
          "[conn-process-exit-self-boom]") {
  stage on;
  observed c(on, signalling_itself(boom));
  c.peer.text("x");
  c.peer.text("later");
  on.node.run_until_idle();
  CHECK(c.callbacks() == lines{"init", "in x", "destroyed"});
  CHECK(c.peer.frames().size() == 1);
  CHECK(c.peer.close_frame() == close_frame{1011, ""});
  CHECK(c.end() == "\"boom\"");
  CHECK(on.node.log_lines().empty());
}

TEST_CASE("a connection that traps exits hears of the signal that it sent to itself",
          "[conn-process-exit-self-boom]") {
  stage on;
  observed c(on, signalling_itself(boom), {.trap_exit = true});
  c.peer.text("x");
  on.node.run_until_idle();
  CHECK(c.peer.texts() == lines{"survived"});
  CHECK(c.end() == "alive");
  check_hang_up(
      on, c, {"init", "in x", "info exit_signal{" + to_string(c.pid()) + ", \"boom\"}"});
}

TEST_CASE("a connection that kills itself is killed, whether it traps exits or not",
          "[conn-process-exit-self-kill]") {
  stage on;
  const bool traps = GENERATE(false, true);
  observed c(on, signalling_itself(runtime::reason::kill), {.trap_exit = traps});
  c.peer.text("x");
  on.node.run_until_idle();
  CHECK(c.callbacks() == lines{"init", "in x", "destroyed"});
  CHECK(c.peer.frames().size() == 1);
  CHECK(c.peer.close_frame() == close_frame{1011, ""});
  CHECK(c.end() == "killed");
  CHECK(on.node.log_lines().empty());
}

// Not recorded as a scenario; follows from rule 16.

TEST_CASE("a connection that kills itself in init or in terminate is killed there") {
  stage on;
  script todo;
  const auto itself = std::make_shared<process*>();
  const bool at_once = GENERATE(true, false);
  todo.init = [itself, at_once](process& self) {
    *itself = &self;
    if (at_once)
      self.exit(self.pid(), runtime::reason::kill);
    return websock::ok();
  };
  todo.handle_in = [](websock::message_view) {
    return websock::stop(runtime::reason::normal);
  };
  todo.terminate = [itself] { (*itself)->exit((*itself)->pid(), runtime::reason::kill); };
  observed c(on, todo);
  c.peer.text("x");
  on.node.run_until_idle();
  CHECK(c.callbacks()
        == (at_once ? lines{"init", "destroyed"}
                    : lines{"init", "in x", "terminate normal", "destroyed"}));
  CHECK(c.peer.frames().size() == 1);
  CHECK(c.peer.close_frame() == close_frame{1011, ""});
  CHECK(c.end() == "killed");
  CHECK(on.node.log_lines().empty());
}
