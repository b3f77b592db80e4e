// Recorded scenarios: the forms in which handle_in answers.
#include "websock/handle_result.hpp"

#include "tests/catch.hpp"
#include "tests/support/outcome.hpp"

#include <memory>
#include <string>
#include <vector>

using tests::callback;
using tests::check_goes_on;
using tests::check_stops;
using websock::binary;
using websock::message;
using websock::ping;
using websock::push;
using websock::reply;
using websock::share;
using websock::stop;
using websock::text;

namespace {

const auto boom = runtime::reason(std::string("boom"));
struct whatever {};

} // namespace

TEST_CASE("handle_in: one binary message is sent", "[ret-handle_in-push-binary]") {
  check_goes_on(callback::handle_in, [] { return push(binary(std::string("\x01\x02"))); },
                {"binary \x01\x02"});
}

TEST_CASE("handle_in: a push of nothing sends nothing",
          "[ret-handle_in-push-empty-list]") {
  check_goes_on(callback::handle_in, [] { return push(std::vector<message>()); }, {});
}

TEST_CASE("handle_in: a payload that others share is sent as any other",
          "[ret-handle_in-push-iodata]") {
  check_goes_on(callback::handle_in, [] { return push(share(text("abcd"))); },
                {"text abcd"});
}

TEST_CASE("handle_in: a ping is sent", "[ret-handle_in-push-ping]") {
  check_goes_on(callback::handle_in, [] { return push(ping("p")); }, {"ping p"});
}

TEST_CASE("handle_in: one text message is sent", "[ret-handle_in-push-text]") {
  check_goes_on(callback::handle_in, [] { return push(text("x")); }, {"text x"});
}

TEST_CASE("handle_in: reply sends its messages in their order [6]",
          "[ret-handle_in-reply-list]") {
  check_goes_on(callback::handle_in,
                [] {
                  return reply(whatever{}, {text("r1"), text("r2")});
                },
                {"text r1", "text r2"});
}

TEST_CASE("handle_in: a close code of its own [8]", "[ret-handle_in-stop-normal-code]") {
  check_stops(
      callback::handle_in, [] { return stop(runtime::normal, {4000}); }, {"close 4000"},
      4000, "normal", "normal");
}

TEST_CASE("handle_in: a close code with an empty body [8]",
          "[ret-handle_in-stop-normal-code-nilbody]") {
  check_stops(
      callback::handle_in,
      [] {
        return stop(runtime::normal, {4000, std::string()});
      },
      {"close 4000"}, 4000, "normal", "normal");
}

TEST_CASE("handle_in: a close code and a body [8]",
          "[ret-handle_in-stop-normal-code-body]") {
  check_stops(
      callback::handle_in,
      [] {
        return stop(runtime::normal, {4000, "bye"});
      },
      {"close 4000 bye"}, 4000, "normal", "normal");
}

TEST_CASE("handle_in: messages, then a close code and a body [8]",
          "[ret-handle_in-stop-normal-code-body-msgs]") {
  check_stops(
      callback::handle_in,
      [] {
        return stop(runtime::normal, {4000, "bye"}, std::vector{text("last")});
      },
      {"text last", "close 4000 bye"}, 4000, "normal", "normal");
}

TEST_CASE("handle_in: one message, then a close code [8]",
          "[ret-handle_in-stop-normal-code-singlemsg]") {
  check_stops(
      callback::handle_in, [] { return stop(runtime::normal, {4000}, text("last")); },
      {"text last", "close 4000"}, 4000, "normal", "normal");
}

TEST_CASE("handle_in: a close code beside a reason, which is an error still [8]",
          "[ret-handle_in-stop-reason-code]") {
  check_stops(
      callback::handle_in, [] { return stop(boom, {4001}); }, {"close 4001"}, 4001,
      "{error, \"boom\"}", "\"boom\"");
}

TEST_CASE("handle_in: a close code and a body beside a reason [8]",
          "[ret-handle_in-stop-reason-code-body]") {
  check_stops(
      callback::handle_in,
      [] {
        return stop(boom, {4001, "err"});
      },
      {"close 4001 err"}, 4001, "{error, \"boom\"}", "\"boom\"");
}

TEST_CASE("handle_in: messages, then a close code, beside a reason [8]",
          "[ret-handle_in-stop-reason-code-msgs]") {
  check_stops(
      callback::handle_in, [] { return stop(boom, {4001}, std::vector{text("last")}); },
      {"text last", "close 4001"}, 4001, "{error, \"boom\"}", "\"boom\"");
}

TEST_CASE("handle_in: {shutdown, disconnected} closes with 1000 [8]",
          "[ret-handle_in-stop-shutdown-disconnected]") {
  check_stops(
      callback::handle_in, [] { return stop(runtime::shutdown("disconnected")); },
      {"close 1000"}, 1000, "normal", "{shutdown, \"disconnected\"}");
}

TEST_CASE("handle_in: {shutdown, restart} closes with 1012 [8]",
          "[ret-handle_in-stop-shutdown-restart]") {
  check_stops(
      callback::handle_in, [] { return stop(runtime::shutdown("restart")); },
      {"close 1012"}, 1012, "normal", "{shutdown, \"restart\"}");
}

TEST_CASE("handle_in: another {shutdown, term} closes with 1011 [8]",
          "[ret-handle_in-stop-shutdown-other]") {
  check_stops(
      callback::handle_in, [] { return stop(runtime::shutdown("other")); },
      {"close 1011"}, 1011, "{error, {shutdown, \"other\"}}", "{shutdown, \"other\"}");
}

TEST_CASE("handle_in: stop(timeout) is an error, no silence of the peer [8]",
          "[ret-handle_in-stop-timeout-atom]") {
  check_stops(
      callback::handle_in, [] { return stop(runtime::timeout); }, {"close 1011"}, 1011,
      "{error, timeout}", "timeout");
}
