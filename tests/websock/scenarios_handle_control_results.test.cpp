// Recorded scenarios: the forms in which handle_control answers.
#include "websock/handle_result.hpp"

#include "tests/catch.hpp"
#include "tests/support/outcome.hpp"

#include <memory>
#include <string>
#include <vector>

using tests::callback;
using tests::check_crashes;
using tests::check_goes_on;
using tests::check_stops;
using websock::binary;
using websock::message;
using websock::ok;
using websock::ping;
using websock::pong;
using websock::push;
using websock::reply;
using websock::share;
using websock::stop;
using websock::text;

namespace {

const auto boom = runtime::reason(std::string("boom"));
struct whatever {};

} // namespace

TEST_CASE("handle_control: after ok it goes on", "[ret-handle_control-ok]") {
  check_goes_on(callback::ping, [] { return ok(); }, {"pong go"});
}

TEST_CASE("handle_control: a push of nothing sends nothing",
          "[ret-handle_control-push-empty-list]") {
  check_goes_on(callback::ping, [] { return push(std::vector<message>()); }, {"pong go"});
}

TEST_CASE("handle_control: a payload that others share is sent as any other",
          "[ret-handle_control-push-iodata]") {
  check_goes_on(callback::ping, [] { return push(share(text("abcd"))); },
                {"pong go", "text abcd"});
}

TEST_CASE("handle_control: several messages are sent in their order",
          "[ret-handle_control-push-list]") {
  check_goes_on(
      callback::ping,
      [] {
        return push({text("a"), binary(std::string("b")), ping("c"), text("d")});
      },
      {"pong go", "text a", "binary b", "ping c", "text d"});
}

TEST_CASE("handle_control: a pong is sent", "[ret-handle_control-push-pong]") {
  check_goes_on(callback::ping, [] { return push(pong("p")); }, {"pong go", "pong p"});
}

TEST_CASE("handle_control: one text message is sent", "[ret-handle_control-push-text]") {
  check_goes_on(callback::ping, [] { return push(text("x")); }, {"pong go", "text x"});
}

TEST_CASE("handle_control: reply sends its message, without the term [6]",
          "[ret-handle_control-reply]") {
  check_goes_on(callback::ping, [] { return reply(whatever{}, text("r")); },
                {"pong go", "text r"});
}

TEST_CASE("handle_control: stop(normal) closes with 1000 [8]",
          "[ret-handle_control-stop-normal]") {
  check_stops(
      callback::ping, [] { return stop(runtime::normal); }, {"pong go", "close 1000"},
      1000, "normal", "normal");
}

TEST_CASE("handle_control: a close code of its own [8]",
          "[ret-handle_control-stop-normal-code]") {
  check_stops(
      callback::ping, [] { return stop(runtime::normal, {4000}); },
      {"pong go", "close 4000"}, 4000, "normal", "normal");
}

TEST_CASE("handle_control: a close code with an empty body [8]",
          "[ret-handle_control-stop-normal-code-nilbody]") {
  check_stops(
      callback::ping,
      [] {
        return stop(runtime::normal, {4000, std::string()});
      },
      {"pong go", "close 4000"}, 4000, "normal", "normal");
}

TEST_CASE("handle_control: messages, then a close code and a body [8]",
          "[ret-handle_control-stop-normal-code-body-msgs]") {
  check_stops(
      callback::ping,
      [] {
        return stop(runtime::normal, {4000, "bye"}, std::vector{text("last")});
      },
      {"pong go", "text last", "close 4000 bye"}, 4000, "normal", "normal");
}

TEST_CASE("handle_control: messages in their order, then a close code [8]",
          "[ret-handle_control-stop-normal-code-msgs]") {
  check_stops(
      callback::ping,
      [] {
        return stop(runtime::normal, {4000}, std::vector{text("last1"), text("last2")});
      },
      {"pong go", "text last1", "text last2", "close 4000"}, 4000, "normal", "normal");
}

TEST_CASE("handle_control: one message, then a close code [8]",
          "[ret-handle_control-stop-normal-code-singlemsg]") {
  check_stops(
      callback::ping, [] { return stop(runtime::normal, {4000}, text("last")); },
      {"pong go", "text last", "close 4000"}, 4000, "normal", "normal");
}

TEST_CASE("handle_control: a close code beside a reason, which is an error still [8]",
          "[ret-handle_control-stop-reason-code]") {
  check_stops(
      callback::ping, [] { return stop(boom, {4001}); }, {"pong go", "close 4001"}, 4001,
      "{error, \"boom\"}", "\"boom\"");
}

TEST_CASE("handle_control: stop(shutdown) is a reason as any other [8]",
          "[ret-handle_control-stop-shutdown]") {
  check_stops(
      callback::ping, [] { return stop(runtime::shutdown); }, {"pong go", "close 1011"},
      1011, "{error, shutdown}", "shutdown");
}

TEST_CASE("handle_control: {shutdown, disconnected} closes with 1000 [8]",
          "[ret-handle_control-stop-shutdown-disconnected]") {
  check_stops(
      callback::ping, [] { return stop(runtime::shutdown("disconnected")); },
      {"pong go", "close 1000"}, 1000, "normal", "{shutdown, \"disconnected\"}");
}

TEST_CASE("handle_control: {shutdown, restart} closes with 1012 [8]",
          "[ret-handle_control-stop-shutdown-restart]") {
  check_stops(
      callback::ping, [] { return stop(runtime::shutdown("restart")); },
      {"pong go", "close 1012"}, 1012, "normal", "{shutdown, \"restart\"}");
}

TEST_CASE("handle_control: stop(timeout) is an error, no silence of the peer [8]",
          "[ret-handle_control-stop-timeout-atom]") {
  check_stops(
      callback::ping, [] { return stop(runtime::timeout); }, {"pong go", "close 1011"},
      1011, "{error, timeout}", "timeout");
}

TEST_CASE("handle_control: a message of no known kind counts as an exception [7]",
          "[ret-handle_control-invalid-return]") {
  check_crashes(
      callback::ping, [] { return push(message(websock::protocol::opcode(3), "x")); },
      {"pong go"}, "error: push: a message is text, binary, ping or pong");
}
