// Payloads, and references of messages.

#include "websock/channels/envelope/payload.hpp"

#include "websock/channels/envelope/message_ref.hpp"

#include "tests/catch.hpp"

using websock::json;
using websock::channels::message_ref;
using websock::channels::payload;

TEST_CASE("a payload is an empty object unless it says otherwise") {
  CHECK(payload().text() == "{}");
  CHECK(payload({}).text() == "{}");
  CHECK(payload().is_object());
}

TEST_CASE("braces make an object, as they do for a JSON value") {
  const payload made{{"name", "Ada"}, {"age", 36}};
  CHECK(made.text() == R"({"age":36,"name":"Ada"})");
  CHECK(made["name"] == "Ada");
  CHECK(made["nothing"].is_null());
}

TEST_CASE("any JSON value is a payload, and only objects have members") {
  const payload list(json::array({1, 2}));
  CHECK(list.text() == "[1,2]");
  CHECK_FALSE(list.is_object());
  CHECK(list["a"].is_null());
}

TEST_CASE("a payload's text stays as it came until it is asked for the value") {
  const auto in = payload::from_text(R"({"b" : 1.0,"a":2})");
  const auto copy = in;
  CHECK(in.text() == R"({"b" : 1.0,"a":2})");
  CHECK(&copy.value() == &in.value());
  CHECK(in["a"] == 2);
}

TEST_CASE("a binary value is a binary payload") {
  const payload octets(json::binary({0, 255}));
  CHECK(octets.is_binary());
  CHECK_FALSE(octets.is_object());
  CHECK(octets.text() == std::string("\0\xFF", 2));
  CHECK(octets.value() == json::binary({0, 255}));
  CHECK(payload::binary("{").value() == json::binary({'{'}));
}

TEST_CASE("text that is not UTF-8 is no payload") {
  CHECK_THROWS_AS(payload(json("\xFF")), json::type_error);
}

TEST_CASE("references are equal only if they are the same value") {
  const auto ref = [](const char* text) { return message_ref::from_json(text); };
  CHECK(ref("1") != ref("\"1\""));
  CHECK(ref("\"a\"") == ref("\"\\u0061\""));
  CHECK(ref("{\"a\": 1}") == ref("{\"a\":1}"));
  CHECK(ref("null") == message_ref());
  CHECK(message_ref::from_text("a\"") == ref("\"a\\\"\""));
  CHECK(message_ref::from_text("ä").octets() == "ä");
  CHECK(ref("12").octets() == "12");
  CHECK(message_ref().octets().empty());
}
