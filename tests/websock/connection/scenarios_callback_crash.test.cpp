// Recorded scenarios: callbacks that throw or call process::exit.
#include "websock/connection/connection.hpp"
#include "websock/runtime/process/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/outcome.hpp"

#include <stdexcept>
#include <string>

namespace runtime = websock::runtime;

using namespace tests;
using websock::handle_result;

namespace {

struct ball {};

} // namespace

TEST_CASE("init: an exception of another type [13]", "[crash-init-erlang-error]") {
  check_crashes(
      callback::init, []() -> handle_result { throw std::out_of_range("badthing"); }, {},
      "error: badthing");
}

TEST_CASE("init: what is no exception [13]", "[crash-init-throw]") {
  check_crashes(
      callback::init, []() -> handle_result { throw ball{}; }, {},
      "error: an exception that is not a std::exception");
}

TEST_CASE("init: a result that is thrown is no result [13]",
          "[crash-init-throw-ok-tuple]") {
  check_crashes(
      callback::init,
      []() -> handle_result { throw websock::push(websock::text("thrown")); }, {},
      "error: an exception that is not a std::exception");
}

TEST_CASE("handle_in: an exception [13]", "[crash-handle_in-raise]") {
  check_crashes(
      callback::handle_in, []() -> handle_result { throw std::runtime_error("boom"); },
      {}, "error: boom");
}

TEST_CASE("handle_in: an exception of another type [13]",
          "[crash-handle_in-erlang-error]") {
  check_crashes(
      callback::handle_in, []() -> handle_result { throw std::out_of_range("badthing"); },
      {}, "error: badthing");
}

TEST_CASE("handle_in: what is no exception [13]", "[crash-handle_in-throw]") {
  check_crashes(
      callback::handle_in, []() -> handle_result { throw ball{}; }, {},
      "error: an exception that is not a std::exception");
}

TEST_CASE("handle_in: a result that is thrown is no result [13]",
          "[crash-handle_in-throw-ok-tuple]") {
  check_crashes(
      callback::handle_in,
      []() -> handle_result { throw websock::push(websock::text("thrown")); }, {},
      "error: an exception that is not a std::exception");
}

TEST_CASE("handle_in: exit(normal) is no stop(normal) [13]",
          "[crash-handle_in-exit-normal]") {
  check_exits(
      callback::handle_in,
      []() -> handle_result { process::exit(runtime::reason::normal); }, {}, "normal");
}

TEST_CASE("handle_in: exit(shutdown) [13]", "[crash-handle_in-exit-shutdown]") {
  check_exits(
      callback::handle_in,
      []() -> handle_result { process::exit(runtime::reason::shutdown); }, {},
      "shutdown");
}

TEST_CASE("handle_in: exit({shutdown, x}) [13]",
          "[crash-handle_in-exit-shutdown-tuple]") {
  check_exits(
      callback::handle_in,
      []() -> handle_result { process::exit(runtime::reason::shutdown("x")); }, {},
      "{shutdown, \"x\"}");
}

TEST_CASE("handle_info: an exception [13]", "[crash-handle_info-raise]") {
  check_crashes(
      callback::handle_info, []() -> handle_result { throw std::runtime_error("boom"); },
      {}, "error: boom");
}

TEST_CASE("handle_info: an exception of another type [13]",
          "[crash-handle_info-erlang-error]") {
  check_crashes(
      callback::handle_info,
      []() -> handle_result { throw std::out_of_range("badthing"); }, {},
      "error: badthing");
}

TEST_CASE("handle_info: what is no exception [13]", "[crash-handle_info-throw]") {
  check_crashes(
      callback::handle_info, []() -> handle_result { throw ball{}; }, {},
      "error: an exception that is not a std::exception");
}

TEST_CASE("handle_info: a result that is thrown is no result [13]",
          "[crash-handle_info-throw-ok-tuple]") {
  check_crashes(
      callback::handle_info,
      []() -> handle_result { throw websock::push(websock::text("thrown")); }, {},
      "error: an exception that is not a std::exception");
}

TEST_CASE("handle_info: exit(normal) is no stop(normal) [13]",
          "[crash-handle_info-exit-normal]") {
  check_exits(
      callback::handle_info,
      []() -> handle_result { process::exit(runtime::reason::normal); }, {}, "normal");
}

TEST_CASE("handle_info: exit(shutdown) [13]", "[crash-handle_info-exit-shutdown]") {
  check_exits(
      callback::handle_info,
      []() -> handle_result { process::exit(runtime::reason::shutdown); }, {},
      "shutdown");
}

TEST_CASE("handle_info: exit({shutdown, x}) [13]",
          "[crash-handle_info-exit-shutdown-tuple]") {
  check_exits(
      callback::handle_info,
      []() -> handle_result { process::exit(runtime::reason::shutdown("x")); }, {},
      "{shutdown, \"x\"}");
}

TEST_CASE("handle_info: exit(reason) [13]", "[crash-handle_info-exit-other]") {
  check_crashes(
      callback::handle_info,
      []() -> handle_result { process::exit(runtime::reason::of(std::string("boom"))); },
      {}, "\"boom\"");
}

TEST_CASE("handle_control: an exception [13]", "[crash-handle_control-raise]") {
  check_crashes(
      callback::ping, []() -> handle_result { throw std::runtime_error("boom"); },
      {"pong go"}, "error: boom");
}

TEST_CASE("handle_control: an exception of another type [13]",
          "[crash-handle_control-erlang-error]") {
  check_crashes(
      callback::ping, []() -> handle_result { throw std::out_of_range("badthing"); },
      {"pong go"}, "error: badthing");
}

TEST_CASE("handle_control: what is no exception [13]", "[crash-handle_control-throw]") {
  check_crashes(
      callback::ping, []() -> handle_result { throw ball{}; }, {"pong go"},
      "error: an exception that is not a std::exception");
}

TEST_CASE("handle_control: a result that is thrown is no result [13]",
          "[crash-handle_control-throw-ok-tuple]") {
  check_crashes(
      callback::ping,
      []() -> handle_result { throw websock::push(websock::text("thrown")); },
      {"pong go"}, "error: an exception that is not a std::exception");
}

TEST_CASE("handle_control: exit({shutdown, x}) [13]",
          "[crash-handle_control-exit-shutdown-tuple]") {
  check_exits(
      callback::ping,
      []() -> handle_result { process::exit(runtime::reason::shutdown("x")); },
      {"pong go"}, "{shutdown, \"x\"}");
}
