// Recorded scenarios: the peer is silent.
#include "websock/connection/connection.hpp"
#include "websock/runtime/process/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/outcome.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;

namespace {

struct tick {};

/// Alive until `left` has passed; then it closes after `sent` and `called`.
void check_silence(stage& on, observed& c, runtime::duration left, lines sent,
                   lines called) {
  if (left > 0ms) {
    on.me.sleep(left - 1ms);
    CHECK(c.end() == "alive");
    CHECK_FALSE(c.peer.close_frame().has_value());
    on.me.sleep(1ms);
  }
  sent.emplace_back("close 1001 idle timeout");
  CHECK(heard(c.peer) == sent);
  called.insert(called.end(), {"terminate timeout", "destroyed"});
  CHECK(c.callbacks() == called);
  CHECK(c.peer.is_ended());
  CHECK(c.end() == "{shutdown, \"timeout\"}");
  CHECK(on.node.log_lines().empty());
}

/// The client does `what` each 200 ms, three times.
void keep_busy(stage& on, const std::function<void()>& what) {
  for (int i = 0; i < 3; ++i) {
    on.me.sleep(200ms);
    what();
    on.node.run_until_idle();
  }
}

} // namespace

TEST_CASE("a client that sends nothing is closed after the timeout [9]",
          "[timeout-idle]") {
  stage on;
  observed c(on, {}, {.timeout = 300ms});
  check_silence(on, c, 300ms, {}, {"init"});
}

TEST_CASE("a ping starts the time anew [9]", "[timeout-client-ping-resets]") {
  stage on;
  observed c(on, {}, {.timeout = 300ms});
  keep_busy(on, [&] { c.peer.ping("k"); });
  check_silence(on, c, 300ms, {"pong k", "pong k", "pong k"},
                {"init", "ping k", "ping k", "ping k"});
}

TEST_CASE("a pong starts the time anew [9]", "[timeout-client-pong-resets]") {
  stage on;
  observed c(on, {}, {.timeout = 300ms});
  keep_busy(on, [&] { c.peer.pong("k"); });
  check_silence(on, c, 300ms, {}, {"init", "pong k", "pong k", "pong k"});
}

TEST_CASE("text starts the time anew [9]", "[timeout-client-text-resets]") {
  stage on;
  script todo;
  todo.handle_in = [](websock::message_view) { return websock::ok(); };
  observed c(on, todo, {.timeout = 300ms});
  keep_busy(on, [&] { c.peer.text("k"); });
  check_silence(on, c, 300ms, {}, {"init", "in k", "in k", "in k"});
}

TEST_CASE("single bytes of a frame start the time anew [9]",
          "[timeout-partial-frame-bytes-reset]") {
  stage on;
  observed c(on, {}, {.timeout = 300ms});
  std::string_view rest("\x81\x8B\0\0\0\0hello world", 17);
  keep_busy(on, [&] {
    c.peer.raw(rest.substr(0, 1));
    rest.remove_prefix(1);
  });
  check_silence(on, c, 300ms, {}, {"init"});
}

TEST_CASE("what is pushed does not start the time anew [9]",
          "[timeout-outbound-push-no-reset]") {
  stage on;
  runtime::process* self = nullptr;
  script todo;
  todo.init = [&](runtime::process& process) {
    self = &process;
    static_cast<void>(self->send_after(100ms, self->pid(), tick{}));
    return websock::ok();
  };
  todo.handle_info = [&](runtime::term) {
    static_cast<void>(self->send_after(100ms, self->pid(), tick{}));
    return websock::push(websock::text("t"));
  };
  observed c(on, todo, {.timeout = 290ms});
  on.me.sleep(290ms);
  CHECK(heard(c.peer) == lines{"text t", "text t", "close 1001 idle timeout"});
  REQUIRE(c.callbacks().size() == 5);
  CHECK(c.callbacks()[3] == "terminate timeout");
  CHECK(c.end() == "{shutdown, \"timeout\"}");
}

TEST_CASE("messages of other processes do not start the time anew [9]",
          "[timeout-process-messages-no-reset]") {
  stage on;
  observed c(on, {}, {.timeout = 290ms});
  for (int i = 1; i <= 2; ++i) {
    on.me.sleep(100ms);
    runtime::send(c.pid(), i);
  }
  check_silence(on, c, 90ms, {}, {"init", "info 1", "info 2"});
}

TEST_CASE("a frame that comes while handle_in is busy is no silence [9]",
          "[timeout-busy-handler]") {
  stage on;
  websock::testing::client* peer = nullptr;
  script todo;
  todo.handle_in = [&](websock::message_view in) {
    if (in.text() != "slow")
      return websock::push(in);
    on.node.pass(100ms);
    peer->text("second");
    on.node.pass(400ms);
    return websock::push(websock::text("done"));
  };
  observed c(on, todo, {.timeout = 200ms});
  peer = &c.peer;
  c.peer.text("slow");
  on.node.run_until_idle();
  check_silence(on, c, 200ms, {"text done", "text second"},
                {"init", "in slow", "in second"});
}

TEST_CASE("nor is one that waits behind messages while the time runs out [2][9]",
          "[timeout-busy-handler]") {
  stage on;
  script todo;
  todo.handle_info = [](runtime::term) { return websock::push(websock::text("info")); };
  observed c(on, todo, {.timeout = 200ms});
  c.hold();
  runtime::send(c.pid(), 1);
  on.me.sleep(100ms);
  const bool is_sent = GENERATE(true, false);
  if (is_sent)
    c.peer.text("x");
  on.me.sleep(500ms);
  CHECK(c.end() == "alive"); // it is its own process that is late
  c.go_on();
  if (is_sent)
    check_silence(on, c, 200ms, {"text info", "text x"}, {"init", "info 1", "in x"});
  else
    check_silence(on, c, 0ms, {"text info"}, {"init", "info 1"});
}

TEST_CASE("a deadline that passes while the process is held does not keep it from "
          "ending, nor its node from resting [9]") {
  stage on;
  observed c(on, {}, {.timeout = 200ms});
  c.hold();
  runtime::send(c.pid(), 1);
  on.me.sleep(10s);
  on.me.exit(c.pid(), runtime::reason::shutdown);
  on.node.run_until_idle();
  CHECK(c.callbacks() == lines{"init", "destroyed"});
  CHECK(heard(c.peer) == lines{"close 1001"});
  CHECK(c.end() == "shutdown");
}

TEST_CASE("when the peer has said goodbye, the time is not what ends it [9]") {
  stage on;
  observed c(on, {}, {.timeout = 200ms});
  c.hold();
  c.peer.close(1000);
  on.me.sleep(500ms);
  c.go_on();
  CHECK(c.callbacks() == lines{"init", "terminate {remote, 1000}", "destroyed"});
  CHECK(heard(c.peer) == lines{"close 1000"});
}

TEST_CASE("terminate is not called again while a stop waits for the peer [4][5]",
          "[timeout-stop-waits]") {
  stage on;
  script todo;
  todo.handle_in = [](websock::message_view) {
    return websock::stop(runtime::reason::normal);
  };
  observed c(on, todo, {.timeout = 300ms, .close_timeout = 400ms});
  c.peer.text("x");
  on.me.sleep(399ms);
  CHECK(c.callbacks() == lines{"init", "in x", "terminate normal"});
  on.me.sleep(1ms);
  CHECK(c.callbacks() == lines{"init", "in x", "terminate normal", "destroyed"});
  CHECK(heard(c.peer) == lines{"close 1000"});
  CHECK(c.end() == "normal");
}
