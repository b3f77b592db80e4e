// Recorded scenarios: the forms in which handle_info answers.
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
using websock::message;
using websock::ping;
using websock::pong;
using websock::push;
using websock::reply;
using websock::stop;
using websock::text;

namespace {

const auto boom = runtime::reason(std::string("boom"));
struct whatever {};

} // namespace

TEST_CASE("handle_info: a push of nothing sends nothing",
          "[ret-handle_info-push-empty-list]") {
  check_goes_on(callback::handle_info, [] { return push(std::vector<message>()); }, {});
}

TEST_CASE("handle_info: a ping is sent", "[ret-handle_info-push-ping]") {
  check_goes_on(callback::handle_info, [] { return push(ping("p")); }, {"ping p"});
}

TEST_CASE("handle_info: a pong is sent", "[ret-handle_info-push-pong]") {
  check_goes_on(callback::handle_info, [] { return push(pong("p")); }, {"pong p"});
}

TEST_CASE("handle_info: one text message is sent", "[ret-handle_info-push-text]") {
  check_goes_on(callback::handle_info, [] { return push(text("x")); }, {"text x"});
}

TEST_CASE("handle_info: reply sends its message, without the term [6]",
          "[ret-handle_info-reply]") {
  check_goes_on(callback::handle_info, [] { return reply(whatever{}, text("r")); },
                {"text r"});
}

TEST_CASE("handle_info: reply sends its messages in their order [6]",
          "[ret-handle_info-reply-list]") {
  check_goes_on(callback::handle_info,
                [] {
                  return reply(whatever{}, {text("r1"), text("r2")});
                },
                {"text r1", "text r2"});
}

TEST_CASE("handle_info: stop(normal) closes with 1000 [8]",
          "[ret-handle_info-stop-normal]") {
  check_stops(
      callback::handle_info, [] { return stop(runtime::normal); }, {"close 1000"}, 1000,
      "normal", "normal");
}

TEST_CASE("handle_info: a close code of its own [8]",
          "[ret-handle_info-stop-normal-code]") {
  check_stops(
      callback::handle_info, [] { return stop(runtime::normal, {4000}); }, {"close 4000"},
      4000, "normal", "normal");
}

TEST_CASE("handle_info: a close code with an empty body [8]",
          "[ret-handle_info-stop-normal-code-nilbody]") {
  check_stops(
      callback::handle_info,
      [] {
        return stop(runtime::normal, {4000, std::string()});
      },
      {"close 4000"}, 4000, "normal", "normal");
}

TEST_CASE("handle_info: messages, then a close code and a body [8]",
          "[ret-handle_info-stop-normal-code-body-msgs]") {
  check_stops(
      callback::handle_info,
      [] {
        return stop(runtime::normal, {4000, "bye"}, std::vector{text("last")});
      },
      {"text last", "close 4000 bye"}, 4000, "normal", "normal");
}

TEST_CASE("handle_info: stop(reason) closes with 1011, an error [8]",
          "[ret-handle_info-stop-reason]") {
  check_stops(
      callback::handle_info, [] { return stop(boom); }, {"close 1011"}, 1011,
      "{error, \"boom\"}", "\"boom\"");
}

TEST_CASE("handle_info: a close code beside a reason, which is an error still [8]",
          "[ret-handle_info-stop-reason-code]") {
  check_stops(
      callback::handle_info, [] { return stop(boom, {4001}); }, {"close 4001"}, 4001,
      "{error, \"boom\"}", "\"boom\"");
}

TEST_CASE("handle_info: a close code and a body beside a reason [8]",
          "[ret-handle_info-stop-reason-code-body]") {
  check_stops(
      callback::handle_info,
      [] {
        return stop(boom, {4001, "err"});
      },
      {"close 4001 err"}, 4001, "{error, \"boom\"}", "\"boom\"");
}

TEST_CASE("handle_info: messages, then a close code, beside a reason [8]",
          "[ret-handle_info-stop-reason-code-msgs]") {
  check_stops(
      callback::handle_info, [] { return stop(boom, {4001}, std::vector{text("last")}); },
      {"text last", "close 4001"}, 4001, "{error, \"boom\"}", "\"boom\"");
}

TEST_CASE("handle_info: {shutdown, disconnected} closes with 1000 [8]",
          "[ret-handle_info-stop-shutdown-disconnected]") {
  check_stops(
      callback::handle_info, [] { return stop(runtime::shutdown("disconnected")); },
      {"close 1000"}, 1000, "normal", "{shutdown, \"disconnected\"}");
}

TEST_CASE("handle_info: another {shutdown, term} closes with 1011 [8]",
          "[ret-handle_info-stop-shutdown-other]") {
  check_stops(
      callback::handle_info, [] { return stop(runtime::shutdown("other")); },
      {"close 1011"}, 1011, "{error, {shutdown, \"other\"}}", "{shutdown, \"other\"}");
}

TEST_CASE("handle_info: stop(timeout) is an error, no silence of the peer [8]",
          "[ret-handle_info-stop-timeout-atom]") {
  check_stops(
      callback::handle_info, [] { return stop(runtime::timeout); }, {"close 1011"}, 1011,
      "{error, timeout}", "timeout");
}

TEST_CASE("handle_info: a message of no known kind counts as an exception [7]",
          "[ret-handle_info-invalid-return]") {
  check_crashes(
      callback::handle_info,
      [] { return push(message(websock::protocol::opcode(3), "x")); }, {},
      "error: push: a message is text, binary, ping or pong");
}
