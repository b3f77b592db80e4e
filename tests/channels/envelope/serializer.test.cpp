// The octets of Phoenix's protocol, as its clients write and read them.

#include "websock/channels/envelope/serializer.hpp"

#include "tests/catch.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

using namespace websock;
using channels::decode;
using channels::encode;
using channels::encode_reply;
using channels::message_ref;
using channels::outbound_message;
using channels::payload;
using channels::serializer;
using namespace std::string_literals;

namespace {

message_view as_text(std::string_view octets) {
  return {protocol::opcode::text, protocol::as_octets(octets)};
}

message_view as_binary(std::string_view octets) {
  return {protocol::opcode::binary, protocol::as_octets(octets)};
}

message_ref ref(std::string_view json) {
  return message_ref::from_json(json);
}

bool is_malformed(serializer how, message_view in) {
  return !decode(how, in).has_value();
}

std::string sent(const message& out, protocol::opcode as) {
  CHECK(out.opcode() == as);
  return std::string(out.payload());
}

std::string text_of(serializer how, const outbound_message& out) {
  return sent(encode(how, out), protocol::opcode::text);
}

std::string octets_of(const outbound_message& out) {
  return sent(encode(serializer::v2, out), protocol::opcode::binary);
}

const payload three_octets = payload::binary("\x01\x02\x03");
using kind = outbound_message::kind;

} // namespace

TEST_CASE("a client asks for a serializer with a full version") {
  for (const auto* vsn : {"1.0.0", "1.0.5", "1.0.10", "1.0.0+build"})
    CHECK(channels::serializer_for(vsn) == serializer::v1);
  for (const auto* vsn : {"2.0.0", "2.0.9"})
    CHECK(channels::serializer_for(vsn) == serializer::v2);
  for (const auto* vsn : {"", "abc", "2", "2.0", "1.1.0", "2.1.0", "3.0.0", "2.0.0-rc.1",
                          "2.0.01", "2.0.", "2.0.0.0", " 2.0.0"})
    CHECK_FALSE(channels::serializer_for(vsn).has_value());
}

TEST_CASE("version 2 reads an array of five") {
  const auto in = decode(
      serializer::v2, as_text(R"( ["1" , 2,"room:\u00e4","new\"msg",{"a" : [1, 2]} ] )"));
  REQUIRE(in);
  CHECK(in->join_ref == ref("\"1\""));
  CHECK(in->ref == ref("2"));
  CHECK(in->topic == "room:ä");
  CHECK(in->odd_topic.empty());
  CHECK(in->event == "new\"msg");
  CHECK(in->body.text() == R"({"a" : [1, 2]})");
  CHECK(in->body["a"] == json::array({1, 2}));
}

TEST_CASE("version 2 ignores what follows the fifth element, if that is JSON") {
  CHECK(decode(serializer::v2, as_text(R"([null,null,"t","e",{},{"x":1},2])")));
  CHECK(is_malformed(serializer::v2, as_text(R"([null,null,"t","e",{},x])")));
}

TEST_CASE("types inside an array are not checked") {
  const auto in = decode(serializer::v2, as_text(R"([{"b":1,"a":2},[1],5,null,"p"])"));
  REQUIRE(in);
  CHECK(in->join_ref == ref(R"({ "a":2,"b":1})"));
  CHECK(in->ref.json() == "[1]");
  CHECK(in->odd_topic == "5");
  CHECK(in->event == "null");
  CHECK(in->body.value() == "p");
}

TEST_CASE("what is no array of five is malformed in version 2") {
  for (const auto* text :
       {"", " ", "hello", "[", "[]", "null", "5", "\"x\"", R"(["1","2","t","e"])",
        R"(["1","2","t","e",{})", R"(["1","2","t","e",{}]])", R"(["1","2","t","e",])",
        R"([["1","2","t","e",{}]])", R"({"topic":"t"})", R"(["1","2","t","e",{}] x)",
        "\xEF\xBB\xBF[\"1\",\"2\",\"t\",\"e\",{}]"})
    CHECK(is_malformed(serializer::v2, as_text(text)));
}

TEST_CASE("version 1 reads an object") {
  const auto in = decode(
      serializer::v1,
      as_text(R"({"topic":"t","x":{"event":1},"event":"e","payload":[],"ref":"1"})"));
  REQUIRE(in);
  CHECK(in->join_ref.is_null());
  CHECK(in->ref == ref("\"1\""));
  CHECK(in->topic == "t");
  CHECK(in->event == "e");
  CHECK(in->body.text() == "[]");
}

TEST_CASE("version 1 reads a binary message as JSON, and takes a join_ref") {
  const auto in =
      decode(serializer::v1, as_binary(R"({"topic":"t","\u0065vent":"e","payload":null,)"
                                       R"("ref":null,"join_ref":3})"));
  REQUIRE(in);
  CHECK(in->join_ref == ref("3"));
  CHECK(in->ref.is_null());
  CHECK(in->event == "e");
}

TEST_CASE("an object without topic, event, payload or ref is malformed in version 1") {
  for (const auto* text : {"{}", R"({"topic":"t","event":"e","payload":{}})",
                           R"({"topic":"t","event":"e","ref":"1"})",
                           R"({"topic":"t","payload":{},"ref":"1"})",
                           R"({"event":"e","payload":{},"ref":"1"})",
                           R"({"topic":"t","event":"e","payload":{},"ref":"1",})",
                           R"([null,"1","phoenix","heartbeat",{}])"})
    CHECK(is_malformed(serializer::v1, as_text(text)));
  CHECK(is_malformed(
      serializer::v1,
      as_binary("{\"topic\":\"\xFF\",\"event\":\"e\",\"payload\":{},\"ref\":1}")));
}

// The octets of the official client's own tests.
TEST_CASE("version 2 reads a binary push") {
  const auto in = decode(serializer::v2, as_binary("\0\x01\x02\x03\x04"
                                                   "012topevnt\x01\xFF"s));
  REQUIRE(in);
  CHECK(in->join_ref == ref("\"0\""));
  CHECK(in->ref == ref("\"12\""));
  CHECK(in->topic == "top");
  CHECK(in->event == "evnt");
  CHECK(in->body.is_binary());
  CHECK(in->body.text() == "\x01\xFF");
}

TEST_CASE("a reference that a binary push leaves out is an empty string") {
  const auto in = decode(serializer::v2, as_binary("\0\0\0\x01\x01te"s));
  REQUIRE(in);
  CHECK(in->join_ref.json() == "\"\"");
  CHECK(in->ref.json() == "\"\"");
  CHECK(in->body.text().empty());
}

TEST_CASE("a binary message that is no push, or too short, is malformed") {
  for (const auto& octets : {""s, "\0"s, "\0\x01\x01\x01"s, "\0\xFF\x01\x01\x01"s + "1"s,
                             "\x01\x01\x01\x01\x01"s + "1111"s, "\x02\x01\x01"s + "11"s,
                             "\x09\x01\x01\x01\x01"s + "1111"s, "\0\x01\0\0\0\xFF"s})
    CHECK(is_malformed(serializer::v2, as_binary(octets)));
}

TEST_CASE("what version 2 writes") {
  CHECK(sent(encode_reply(serializer::v2, ref("\"1\""), ref("7"), "t\"", "ok",
                          payload{{"a", 1}}),
             protocol::opcode::text)
        == R"(["1",7,"t\"","phx_reply",{"response":{"a":1},"status":"ok"}])");
  CHECK(text_of(serializer::v2, {kind::push, ref("\"1\""), {}, "t", "e", {}})
        == R"(["1",null,"t","e",{}])");
  CHECK(text_of(serializer::v2, {kind::broadcast, {}, {}, "t", "e\n", {}})
        == "[null,null,\"t\",\"e\\u000a\",{}]");
  CHECK(text_of(serializer::v2, {kind::push, {}, {}, "", "e", {}, "5"})
        == R"([null,null,5,"e",{}])");
}

TEST_CASE("what version 1 writes") {
  CHECK(sent(encode_reply(serializer::v1, ref("\"1\""), ref("\"2\""), "t", "error",
                          payload(json("why"))),
             protocol::opcode::text)
        == R"({"event":"phx_reply","payload":{"response":"why","status":"error"},)"
           R"("ref":"2","topic":"t"})");
  CHECK(text_of(serializer::v1, {kind::broadcast, {}, {}, "t", "e", {}})
        == R"({"event":"e","payload":{},"ref":null,"topic":"t"})");
}

TEST_CASE("version 1 has no binary messages") {
  CHECK_THROWS_AS(encode(serializer::v1, {kind::push, {}, {}, "t", "e", three_octets}),
                  std::invalid_argument);
}

TEST_CASE("what version 2 writes of binary payloads") {
  CHECK(octets_of({kind::push, ref("\"1\""), {}, "top", "e", three_octets})
        == "\0\x01\x03\x01"s + "1tope\x01\x02\x03"s);
  CHECK(octets_of({kind::reply, ref("\"1\""), ref("\"23\""), "top", "ok", three_octets})
        == "\x01\x01\x02\x03\x02"s + "123topok\x01\x02\x03"s);
  CHECK(octets_of({kind::broadcast, {}, {}, "top", "e", three_octets})
        == "\x02\x03\x01"s + "tope\x01\x02\x03"s);
  CHECK(octets_of({kind::reply, {}, ref("12"), "t", "ok", three_octets})
        == "\x01\0\x02\x01\x02"s + "12tok\x01\x02\x03"s);
}

TEST_CASE("a field of a binary message has at most 255 octets") {
  const std::string longest(255, 'e');
  CHECK(octets_of({kind::push, {}, {}, "t", longest, three_octets}).size()
        == 4 + 1 + 255 + 3);
  CHECK_THROWS_AS(
      encode(serializer::v2, {kind::push, {}, {}, "t", longest + "e", three_octets}),
      std::length_error);
  CHECK_NOTHROW(encode(serializer::v2, {kind::push, {}, {}, "t", longest + "e", {}}));
}
