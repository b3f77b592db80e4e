// The first event that ends a connection decides, whatever comes second: at most one
// `terminate`, at most one close frame, and nothing after them.
#include "websock/connection/connection_host.hpp"
#include "websock/runtime/process/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/outcome.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;

namespace {

/// Stops or throws as its client or another process says.
[[nodiscard]] script obeying() {
  const auto obey = [](std::string_view word) -> websock::handle_result {
    if (word == "stop")
      return websock::stop(runtime::reason::of(std::string("done")), {4000, "done"});
    if (word == "throw")
      throw std::runtime_error("boom");
    return websock::push(websock::text(std::string(word)));
  };
  script todo;
  todo.handle_in = [=](websock::message_view in) { return obey(in.text()); };
  todo.handle_info = [=](runtime::term info) { return obey(info.get<std::string>()); };
  return todo;
}

constexpr websock::upgrade_options limits{
    .timeout = 60s, .send_timeout = 30s, .mailbox = {3, 0, runtime::when_full::close}};

enum class needs { peer, nothing };

/// Something that ends a connection, and what becomes of one that it ends.
struct cause {
  std::string name;
  std::function<void(stage&, observed&)> act;
  std::string told;   // to terminate; empty: it is not called
  std::string closed; // the close frame; empty: none
  std::string exit;
  needs what = needs::nothing;
  bool waits = false;     // for the peer's close frame
  bool is_signal = false; // acts at once, on everybody
  bool runs = false;      // the process meanwhile
};

[[nodiscard]] std::vector<cause> every_cause() {
  const std::string boom = "error: boom";
  return {
      {"stop in handle_in", [](stage&, observed& c) { c.peer.text("stop"); },
       "{error, \"done\"}", "close 4000 done", "\"done\"", needs::peer, true},
      {"stop in handle_info",
       [](stage&, observed& c) { runtime::send(c.pid(), std::string("stop")); },
       "{error, \"done\"}", "close 4000 done", "\"done\"", needs::nothing, true},
      {"throw in handle_in", [](stage&, observed& c) { c.peer.text("throw"); },
       "{error, error: boom}", "close 1011", boom, needs::peer},
      {"throw in handle_info",
       [](stage&, observed& c) { runtime::send(c.pid(), std::string("throw")); },
       "{error, error: boom}", "close 1011", boom},
      {"the peer closes", [](stage&, observed& c) { c.peer.close(4321); },
       "{remote, 4321}", "close 4321", "{shutdown, \"remote\"}", needs::peer},
      {"the peer breaks the protocol",
       [](stage&, observed& c) { c.peer.raw("\x81\x01x"); },
       "{error, error: RFC 6455 §5.1: unmasked frame from a client}", "close 1002",
       "{shutdown, \"protocol_error\"}", needs::peer},
      {"the peer ends its stream", [](stage&, observed& c) { c.peer.disconnect(); },
       "{error, error: closed}", "", "{shutdown, \"closed\"}"},
      {"the peer resets its stream", [](stage&, observed& c) { c.peer.reset(); },
       "{error, error: closed}", "", "{shutdown, \"closed\"}"},
      {"the peer is silent", [](stage& on, observed&) { on.me.sleep(60s); }, "timeout",
       "close 1001 idle timeout", "{shutdown, \"timeout\"}", needs::nothing, false, false,
       true},
      {"its mailbox is full",
       [](stage&, observed& c) {
         c.hold();
         for (int i = 0; i < 4; ++i)
           runtime::send(c.pid(), std::string("one too many"));
         c.go_on();
       },
       "{error, \"mailbox_full\"}", "close 1013 mailbox full",
       "{shutdown, \"mailbox_full\"}", needs::nothing, true, false, true},
      {"the peer takes nothing",
       [](stage& on, observed& c) {
         c.peer.take_only(0);
         c.peer.text("echo");
         on.me.sleep(30s);
       },
       "{error, timeout}", "", "{shutdown, \"timeout\"}", needs::peer, false, false,
       true},
      {"the server ends",
       [](stage&, observed& c) {
         c.peer.with_host([](auto& host) { host.drain({}, 0, 1, [](auto) {}); });
       },
       "shutdown", "close 1001", "shutdown", needs::nothing, true},
      {"an exit signal shutdown",
       [](stage& on, observed& c) { on.me.exit(c.pid(), runtime::reason::shutdown); }, "",
       "close 1001", "shutdown", needs::nothing, false, true},
      {"another exit signal",
       [](stage& on, observed& c) { on.me.exit(c.pid(), runtime::reason::of(7)); }, "",
       "close 1011", "7", needs::nothing, false, true},
      {"kill", [](stage& on, observed& c) { on.me.exit(c.pid(), runtime::reason::kill); },
       "", "close 1011", "killed", needs::nothing, false, true},
      {"the server gives up",
       [](stage&, observed& c) { c.peer.with_host([](auto& host) { host.give_up(); }); },
       "", "close 1011", "killed", needs::nothing, false, true},
  };
}

[[nodiscard]] auto count(const lines& all, std::string_view beginning) {
  return std::count_if(all.begin(), all.end(),
                       [&](const auto& each) { return each.starts_with(beginning); });
}

/// One terminate and one close frame at most, those of `first`, and nothing after them.
void check_ended(observed& c, const cause& first, const std::string& exit) {
  const auto& called = c.callbacks();
  REQUIRE(called.back() == "destroyed");
  CHECK(count(called, "terminate") == (first.told.empty() ? 0 : 1));
  if (!first.told.empty())
    CHECK(called.at(called.size() - 2) == "terminate " + first.told);
  const auto frames = heard(c.peer);
  REQUIRE(count(frames, "close") == (first.closed.empty() ? 0 : 1));
  if (!first.closed.empty())
    CHECK(frames.back() == first.closed);
  CHECK(c.end() == exit);
}

/// Both happen while nothing is handled.
void let_wait(stage& on, observed& c, const cause& first, const cause& second) {
  c.hold();
  for (const auto* each : {&first, &second}) {
    each->act(on, c);
    on.node.run_until_idle();
  }
}

/// What becomes of a connection that `decides` ends while `other` waits.
[[nodiscard]] cause beside(cause decides, const cause& other) {
  if (other.name == "the peer resets its stream")
    decides.closed.clear(); // nobody takes it
  return decides;
}

/// Everything that can still happen happens, at last.
void finish(stage& on, observed& c) {
  c.peer.disconnect();
  on.me.sleep(1h);
}

} // namespace

TEST_CASE("the first end decides when a second follows it [4]") {
  for (const auto& first : every_cause())
    for (const auto& second : every_cause()) {
      INFO(first.name << ", then " << second.name);
      stage on;
      observed c(on, obeying(), limits);
      first.act(on, c);
      on.node.run_until_idle();
      CHECK(c.end() == (first.waits ? "alive" : first.exit));
      second.act(on, c);
      on.node.run_until_idle();
      // A process that waits for its peer's close frame is alive: signals end it.
      const bool is_ended_by_signal = first.waits && second.is_signal;
      finish(on, c);
      check_ended(c, first, is_ended_by_signal ? second.exit : first.exit);
    }
}

TEST_CASE("of two ends that wait in the mailbox or in one read, the first decides "
          "[2][4]") {
  for (const auto& first : every_cause())
    for (const auto& second : every_cause()) {
      if (first.is_signal || second.is_signal || first.runs || second.runs)
        continue;
      if (first.name.ends_with("its stream") && second.what == needs::peer)
        continue; // who is gone sends nothing
      if (second.name == "the peer resets its stream" && first.what == needs::peer)
        continue; // what was on its way is lost
      INFO(first.name << ", and " << second.name);
      stage on;
      observed c(on, obeying(), limits);
      let_wait(on, c, first, second);
      CHECK(c.callbacks() == lines{"init"});
      c.go_on();
      finish(on, c);
      check_ended(c, beside(first, second), first.exit);
    }
}

TEST_CASE("a signal that arrives while other ends wait in the mailbox precedes them "
          "[16]") {
  for (const auto& waiting : every_cause())
    for (const auto& signal : every_cause()) {
      if (!signal.is_signal || waiting.is_signal || waiting.runs)
        continue;
      INFO(waiting.name << ", but " << signal.name);
      stage on;
      observed c(on, obeying(), limits);
      let_wait(on, c, waiting, signal);
      finish(on, c);
      check_ended(c, beside(signal, waiting), signal.exit);
    }
}

TEST_CASE("nothing that comes after the end is heard of: frames, messages, timers, "
          "trapped signals, deadlines [4]") {
  for (const auto& first : every_cause()) {
    if (!first.waits)
      continue;
    INFO(first.name);
    stage on;
    auto todo = obeying();
    todo.init = [](process& self) {
      static_cast<void>(self.send_after(1s, self.pid(), std::string("timer")));
      return websock::ok();
    };
    auto options = limits;
    options.trap_exit = true;
    options.timeout = 2s;
    options.message_timeout = 1s;
    options.close_timeout = 10s;
    observed c(on, todo, options);
    first.act(on, c);
    on.node.run_until_idle();
    const auto before = c.callbacks();
    CHECK(before.back() == "terminate " + first.told);
    c.peer.text("late");
    c.peer.binary("late");
    c.peer.ping("late");
    c.peer.pong("late");
    c.peer.raw(std::string("\x01\x83\0\0\0\0la", 8)); // a message that stays incomplete
    runtime::send(c.pid(), std::string("stop"));
    on.me.exit(c.pid(), runtime::reason::of(7));
    c.peer.with_host([](auto& host) { host.drain({.code = 1012}, 0, 1, [](auto) {}); });
    on.me.sleep(9999ms);
    CHECK(c.callbacks() == before);
    CHECK(c.end() == "alive");
    CHECK(heard(c.peer) == lines{first.closed});
    on.me.sleep(1ms);
    check_ended(c, first, first.exit);
    CHECK(on.node.log_lines().empty());
  }
}

TEST_CASE("a link that ends takes an untrapping connection with it while it waits for "
          "its peer [16]") {
  stage on;
  observed c(on, obeying(), limits);
  c.peer.text("stop");
  on.node.run_until_idle();
  on.node.node().exit(c.pid(), runtime::reason::normal); // does nothing
  on.node.run_until_idle();
  CHECK(c.end() == "alive");
  on.node.node().exit(c.pid(), runtime::reason::of(7));
  on.node.run_until_idle();
  CHECK(c.end() == "7");
  CHECK(c.callbacks()
        == lines{"init", "in stop", "terminate {error, \"done\"}", "destroyed"});
  CHECK(heard(c.peer) == lines{"close 4000 done"});
}
