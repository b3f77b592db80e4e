// The payload of a close frame, RFC 6455 §5.5.1.

#include "websock/protocol/close_payload.hpp"

#include "websock/protocol/octets.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/chunkings.hpp"

#include <stdexcept>
#include <string>

using namespace websock::protocol;
using websock::testing::hex;

namespace {

violation check(const std::string& payload) {
  return check_close_payload(as_octets(payload));
}

std::string encoded(close_code code, std::string_view body) {
  std::string out;
  append_close_payload(out, code, body);
  return out;
}

} // namespace

TEST_CASE("an empty close payload is legal and carries no code", "[RFC6455 §5.5.1]") {
  CHECK(check("") == violation::none);
  CHECK_FALSE(parse_close_payload({}).code);
}

TEST_CASE("a code and a body are read", "[RFC6455 §5.5.1]") {
  const std::string payload = hex("03 E8") + "bye";
  const close_payload close = parse_close_payload(as_octets(payload));
  CHECK(close.code == close_code::normal);
  CHECK(close.body == "bye");
  CHECK(check(payload) == violation::none);
}

TEST_CASE("half a code is a protocol error", "[RFC6455 §5.5.1]") {
  CHECK(check(hex("03")) == violation::truncated_close_code);
  CHECK_FALSE(parse_close_payload(as_octets(std::string(1, '\x03'))).code);
}

TEST_CASE("a code that must not be on the wire is a protocol error, and still readable",
          "[RFC6455 §7.4]") {
  // 0, 999, 1004, 1005, 1006, 1015, 2000, 2999, 5000, 65535
  const std::string digits = GENERATE("0000", "03E7", "03EC", "03ED", "03EE", "03F7",
                                      "07D0", "0BB7", "1388", "FFFF");
  const std::string payload = hex(digits) + "why";
  CHECK(check(payload) == violation::invalid_close_code);
  CHECK(parse_close_payload(as_octets(payload)).body == "why");
}

TEST_CASE("a body that is not whole UTF-8 is an invalid payload", "[RFC6455 §5.5.1]") {
  CHECK(check(hex("03 E8 FF")) == violation::invalid_close_body);
  CHECK(check(hex("03 E8 E2 98")) == violation::invalid_close_body);
  CHECK(check(hex("03 E8 E2 98 83")) == violation::none);
}

TEST_CASE("what is encoded is parsed", "[RFC6455 §5.5.1]") {
  const std::string payload = encoded(close_code::going_away, "moving");
  CHECK(payload == hex("03 E9") + "moving");
  CHECK(parse_close_payload(as_octets(payload)).code == close_code::going_away);
  CHECK(encoded(close_code::no_status, "").empty());
}

TEST_CASE("nothing malformed is encoded", "[RFC6455 §5.5.1]") {
  CHECK_NOTHROW(encoded(close_code::normal, std::string(123, 'x')));
  CHECK_THROWS_AS(encoded(close_code::normal, std::string(124, 'x')),
                  std::invalid_argument);
  CHECK_THROWS_AS(encoded(close_code::normal, "\xFF"), std::invalid_argument);
  CHECK_THROWS_AS(encoded(close_code::abnormal, ""), std::invalid_argument);
  CHECK_THROWS_AS(encoded(close_code{999}, ""), std::invalid_argument);
  CHECK_THROWS_AS(encoded(close_code::no_status, "a body needs a code"),
                  std::invalid_argument);
  CHECK_FALSE(is_sendable_close(close_code{5000}, ""));
  CHECK(is_sendable_close(close_code{4999}, "☃"));
}

TEST_CASE("the start of a close payload is judged by what no rest can mend",
          "[RFC6455 §5.5.1]") {
  const auto judged = [](std::string_view start) {
    return check_close_start(as_octets(start));
  };
  CHECK(judged("") == violation::none);
  CHECK(judged("\x03") == violation::none);
  CHECK(judged("\x03\xE7") == violation::invalid_close_code);
  CHECK(judged("\x03\xE8 \xE2\x98") == violation::none);
  CHECK(judged("\x03\xE8 \xE2\x28") == violation::invalid_close_body);
}
