// Recorded scenarios: links and monitors.
#include "websock/runtime/testing/tester.hpp"

#include "tests/catch.hpp"
#include "tests/support/puppet.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
namespace reason = runtime::reason;

namespace {

const runtime::exit_reason boom = reason::of(std::string("boom"));

std::string exit_of(const pid& who, const std::string& why) {
  return "exit_signal{" + to_string(who) + ", " + why + "}";
}

std::string down_of(runtime::reference ref, const pid& who, const std::string& why) {
  return "down{" + to_string(ref) + ", " + to_string(who) + ", " + why + "}";
}

/// What the end of a process P is to LT, which traps exits and is linked to it, to LN,
/// which does not trap them, and to a monitor.
struct aftermath {
  lines lt;
  std::string ln;
  std::string monitor;
  std::size_t log_lines = 0;
};

/// `P` in what LT received stands for P's pid.
aftermath after_end(tests::body end) {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn<puppet>();
  node.spawn<puppet>(
      [p](process& self) {
        self.trap_exit(true);
        self.link(p);
      },
      me.pid());
  const pid ln = node.spawn<puppet>([p](process& self) { self.link(p); });
  node.run_until_idle();
  const auto of_p = me.monitor(p);
  const auto of_ln = me.monitor(ln);
  tell(p, std::move(end));
  me.sleep(50ms);
  aftermath found{.lt = tests::reports(me, 0ms), .ln = "alive", .monitor = "alive"};
  found.log_lines = node.log_lines().size();
  while (me.receive(0ms, [&](const runtime::down& gone) {
    CHECK((gone.ref == of_p || gone.ref == of_ln));
    (gone.ref == of_p ? found.monitor : found.ln) = to_string(gone.reason);
  }))
    continue;
  for (auto& line : found.lt)
    if (line.starts_with("exit_signal{" + to_string(p) + ","))
      line.replace(12, to_string(p).size(), "P");
  return found;
}

/// Both ends see `why`, and the untrapping one dies of it.
void check_all_see(const aftermath& found, const std::string& why) {
  CHECK(found.lt == lines{"exit_signal{P, " + why + "}"});
  CHECK(found.ln == why);
  CHECK(found.monitor == why);
}

} // namespace

TEST_CASE("links and monitors see the reason of exit(reason)", "[link-end-exit-boom]") {
  const auto found = after_end([](process& self) { self.exit(boom); });
  check_all_see(found, "\"boom\"");
  CHECK(found.log_lines == 0);
}

TEST_CASE("exit(kill) inside a process is a reason like any other",
          "[link-end-exit-kill-atom]") {
  check_all_see(after_end([](process& self) { self.exit(runtime::reason::kill); }),
                "kill");
}

TEST_CASE("the kill of a link can be trapped, and kills with kill instead of killed",
          "[link-exit-kill-atom-vs-signal]") {
  const auto found = after_end([](process& self) { self.exit(runtime::reason::kill); });
  CHECK(found.lt == lines{"exit_signal{P, kill}"});
  CHECK(found.ln == "kill");
}

TEST_CASE("links and monitors see shutdown", "[link-end-exit-shutdown]") {
  check_all_see(after_end([](process& self) { self.exit(runtime::reason::shutdown); }),
                "shutdown");
}

TEST_CASE("links and monitors see the text of an exception, which is logged once",
          "[link-end-raise]") {
  const auto found = after_end([](process&) { throw std::runtime_error("boom"); });
  check_all_see(found, "error: boom");
  CHECK(found.log_lines == 1);
}

TEST_CASE("what is thrown and is no exception ends a process with an error, logged once",
          "[link-end-throw]") {
  const auto found = after_end([](process&) { throw 7; });
  check_all_see(found, "error: an exception that is not a std::exception");
  CHECK(found.log_lines == 1);
}

TEST_CASE("a normal end is a message for a link that traps exits and nothing for others",
          "[link-end-return]") {
  const auto found = after_end([](process& self) { self.exit(runtime::reason::normal); });
  CHECK(found.lt == lines{"exit_signal{P, normal}"});
  CHECK(found.ln == "alive");
  CHECK(found.monitor == "normal");
}

TEST_CASE("linking to a dead process raises in a process that does not trap exits",
          "[link-dead-pid-notrap]") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn([](process&) {});
  me.sleep(20ms);
  const pid q = node.spawn<puppet>();
  static_cast<void>(me.monitor(q));
  tell(q, [p](process& self) {
    try {
      self.link(p);
    } catch (const runtime::no_such_process&) {
      self.exit(reason::of(std::string("caught noproc")));
    }
  });
  CHECK(tests::reason_of_down(me, 50ms) == "\"caught noproc\"");
}

TEST_CASE("linking to a dead process is an exit signal noproc when exits are trapped",
          "[link-dead-pid-trap]") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn([](process&) {});
  me.sleep(20ms);
  me.link(p);
  CHECK(me.flush(50ms) == lines{exit_of(p, "noproc")});
}

TEST_CASE("linking to itself has no effect", "[link-self]") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn<puppet>([](process& self) { self.link(self.pid()); });
  me.link(me.pid());
  static_cast<void>(me.monitor(p));
  tell(p, [](process& self) { self.exit(boom); });
  CHECK(tests::reason_of_down(me, 50ms) == "\"boom\"");
  CHECK(me.flush(50ms).empty());
}

TEST_CASE("an exit runs down a chain of links", "[links-chain]") {
  stepped_node node(any_schedule());
  tester me(node);
  const auto chain = [to = me.pid()](process& b) { b.send(to, b.spawn_link<puppet>()); };
  const pid a =
      node.spawn<puppet>([chain](process& self) { self.spawn_link<puppet>(chain); });
  static_cast<void>(me.monitor(a));
  const auto c = me.receive(50ms, [](const pid& who) { return who; });
  REQUIRE(c);
  tell(*c, [](process& self) { self.exit(boom); });
  CHECK(tests::reason_of_down(me, 50ms) == "\"boom\"");
}

TEST_CASE("a normal exit stops at the first link", "[links-chain-normal]") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid a = node.spawn<puppet>([](process& self) {
    self.spawn_link<runtime::detail::function_body<tests::body>>(
        tests::body([](process&) {}));
  });
  static_cast<void>(me.monitor(a));
  me.sleep(60ms);
  tell(a, [](process& self) { self.exit(reason::of(std::string("still here"))); });
  CHECK(tests::reason_of_down(me, 50ms) == "\"still here\"");
}

TEST_CASE("a monitor of a dead process is answered at once with noproc",
          "[monitor-dead]") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn([](process& self) { self.exit(boom); });
  me.sleep(20ms);
  const auto ref = me.monitor(p);
  CHECK(me.flush(50ms) == lines{down_of(ref, p, "noproc")});
}

TEST_CASE("each monitor of a process has its own down, in the order in which they were "
          "made",
          "[monitor-multiple]") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn<puppet>();
  lines expected;
  for (int i = 0; i < 3; ++i)
    expected.push_back(down_of(me.monitor(p), p, "normal"));
  tell(p, [](process& self) { self.exit(runtime::reason::normal); });
  CHECK(me.flush(50ms) == expected);
}

TEST_CASE("a monitor by name is answered with the name", "[monitor-name]") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn<puppet>();
  node.node().register_name("nm", p);
  const auto present = me.monitor("nm");
  tell(p, [](process& self) { self.exit(runtime::reason::normal); });
  CHECK(me.flush(50ms) == lines{"down{" + to_string(present) + ", \"nm\", normal}"});
  const auto absent = me.monitor("absent");
  CHECK(me.flush(50ms) == lines{"down{" + to_string(absent) + ", \"absent\", noproc}"});
}

TEST_CASE("a down has the reference, the process and the reason",
          "[monitor-normal-exit]") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn<puppet>();
  const auto ref = me.monitor(p);
  tell(p, [](process& self) { self.exit(runtime::reason::normal); });
  const auto gone =
      me.receive(50ms, [](const runtime::down& message) { return message; });
  REQUIRE(gone);
  CHECK(*gone == runtime::down{ref, p, "", runtime::reason::normal});
  CHECK(me.flush(50ms).empty());
}

TEST_CASE("the end of a monitoring process is nothing to the monitored one",
          "[monitor-unidirectional]") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn<puppet>();
  const pid watcher =
      node.spawn<puppet>([p](process& self) { static_cast<void>(self.monitor(p)); });
  static_cast<void>(me.monitor(watcher));
  tell(watcher, [](process& self) { self.exit(boom); });
  CHECK(tests::reason_of_down(me, 50ms) == "\"boom\"");
  me.sleep(20ms);
  CHECK(p.is_alive());
}

TEST_CASE("who links and monitors the same process hears of the link first",
          "[monitor-vs-link-order]") {
  stepped_node node(any_schedule());
  tester me(node);
  const auto link_first = GENERATE(true, false);
  const pid p = node.spawn<puppet>();
  if (link_first)
    me.link(p);
  const auto ref = me.monitor(p);
  me.link(p);
  tell(p, [](process& self) { self.exit(reason::of(std::string("x"))); });
  CHECK(me.flush(50ms) == lines{exit_of(p, "\"x\""), down_of(ref, p, "\"x\"")});
}

TEST_CASE("the exit of a process that crashes at once is never lost by who links it",
          "[spawn_link-immediate-crash]") {
  stepped_node node(any_schedule());
  tester me(node);
  lines expected;
  for (int i = 0; i < 100; ++i)
    me.in_process([&](process& self) {
      const pid child = self.spawn_link<puppet>(
          [](process& at_once) { at_once.exit(reason::of(std::string("x"))); });
      expected.push_back(exit_of(child, "\"x\""));
    });
  CHECK(me.flush(100ms) == expected);
}

TEST_CASE("unlink leaves an exit signal in the mailbox that has come already",
          "[unlink-flush]") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn<puppet>();
  me.link(p);
  tell(p, [](process& self) { self.exit(boom); });
  me.sleep(30ms);
  me.unlink(p);
  CHECK(me.flush(30ms) == lines{exit_of(p, "\"boom\"")});
}

// Not recorded as scenarios; asked of Erlang/OTP 25 all the same.

TEST_CASE("demonitor says whether the monitor was active, and flush takes its down out") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn<puppet>();
  const auto plain = me.monitor(p);
  const auto flushed = me.monitor(p);
  const auto ended = me.monitor(p);
  CHECK(me.demonitor(ended));
  CHECK_FALSE(me.demonitor(ended));
  CHECK(me.demonitor_flush(me.monitor(p)));
  tell(p, [](process& self) { self.exit(boom); });
  me.sleep(10ms);
  CHECK_FALSE(me.demonitor(plain));
  CHECK_FALSE(me.demonitor_flush(flushed));
  CHECK_FALSE(me.demonitor_flush(flushed));
  CHECK(me.flush(10ms) == lines{down_of(plain, p, "\"boom\"")});
}

TEST_CASE("a process that monitors itself hears nothing and has no monitor to end") {
  stepped_node node(any_schedule());
  tester me(node);
  CHECK_FALSE(me.demonitor(me.monitor(me.pid())));
  CHECK(me.flush(10ms).empty());
}
