// Recorded scenarios: the forms in which init answers.
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
using websock::ok;
using websock::ping;
using websock::push;
using websock::share;
using websock::stop;
using websock::text;

namespace {

const auto boom = runtime::reason(std::string("boom"));

} // namespace

TEST_CASE("init: after ok it goes on", "[ret-init-ok]") {
  check_goes_on(callback::init, [] { return ok(); }, {});
}

TEST_CASE("init: one binary message is sent", "[ret-init-push-binary]") {
  check_goes_on(callback::init, [] { return push(binary(std::string("\x01\x02"))); },
                {"binary \x01\x02"});
}

TEST_CASE("init: a push of nothing sends nothing", "[ret-init-push-empty-list]") {
  check_goes_on(callback::init, [] { return push(std::vector<message>()); }, {});
}

TEST_CASE("init: a payload that others share is sent as any other",
          "[ret-init-push-iodata]") {
  check_goes_on(callback::init, [] { return push(share(text("abcd"))); }, {"text abcd"});
}

TEST_CASE("init: several messages are sent in their order", "[ret-init-push-list]") {
  check_goes_on(
      callback::init,
      [] {
        return push({text("a"), binary(std::string("b")), ping("c"), text("d")});
      },
      {"text a", "binary b", "ping c", "text d"});
}

TEST_CASE("init: stop(normal) closes with 1000 [8]", "[ret-init-stop-normal]") {
  check_stops(
      callback::init, [] { return stop(runtime::normal); }, {"close 1000"}, 1000,
      "normal", "normal");
}

TEST_CASE("init: messages, then a close code and a body [8]",
          "[ret-init-stop-normal-code-body-msgs]") {
  check_stops(
      callback::init,
      [] {
        return stop(runtime::normal, {4000, "bye"}, std::vector{text("last")});
      },
      {"text last", "close 4000 bye"}, 4000, "normal", "normal");
}

TEST_CASE("init: messages in their order, then a close code [8]",
          "[ret-init-stop-normal-code-msgs]") {
  check_stops(
      callback::init,
      [] {
        return stop(runtime::normal, {4000}, std::vector{text("last1"), text("last2")});
      },
      {"text last1", "text last2", "close 4000"}, 4000, "normal", "normal");
}

TEST_CASE("init: one message, then a close code [8]",
          "[ret-init-stop-normal-code-singlemsg]") {
  check_stops(
      callback::init, [] { return stop(runtime::normal, {4000}, text("last")); },
      {"text last", "close 4000"}, 4000, "normal", "normal");
}

TEST_CASE("init: stop(reason) closes with 1011, an error [8]", "[ret-init-stop-reason]") {
  check_stops(
      callback::init, [] { return stop(boom); }, {"close 1011"}, 1011,
      "{error, \"boom\"}", "\"boom\"");
}

TEST_CASE("init: a close code beside a reason, which is an error still [8]",
          "[ret-init-stop-reason-code]") {
  check_stops(
      callback::init, [] { return stop(boom, {4001}); }, {"close 4001"}, 4001,
      "{error, \"boom\"}", "\"boom\"");
}

TEST_CASE("init: a close code and a body beside a reason [8]",
          "[ret-init-stop-reason-code-body]") {
  check_stops(
      callback::init,
      [] {
        return stop(boom, {4001, "err"});
      },
      {"close 4001 err"}, 4001, "{error, \"boom\"}", "\"boom\"");
}

TEST_CASE("init: {shutdown, disconnected} closes with 1000 [8]",
          "[ret-init-stop-shutdown-disconnected]") {
  check_stops(
      callback::init, [] { return stop(runtime::shutdown("disconnected")); },
      {"close 1000"}, 1000, "normal", "{shutdown, \"disconnected\"}");
}

TEST_CASE("init: {shutdown, restart} closes with 1012 [8]",
          "[ret-init-stop-shutdown-restart]") {
  check_stops(
      callback::init, [] { return stop(runtime::shutdown("restart")); }, {"close 1012"},
      1012, "normal", "{shutdown, \"restart\"}");
}

TEST_CASE("init: another {shutdown, term} closes with 1011 [8]",
          "[ret-init-stop-shutdown-other]") {
  check_stops(
      callback::init, [] { return stop(runtime::shutdown("other")); }, {"close 1011"},
      1011, "{error, {shutdown, \"other\"}}", "{shutdown, \"other\"}");
}

TEST_CASE("init: stop(timeout) is an error, no silence of the peer [8]",
          "[ret-init-stop-timeout-atom]") {
  check_stops(
      callback::init, [] { return stop(runtime::timeout); }, {"close 1011"}, 1011,
      "{error, timeout}", "timeout");
}
