// Compressed messages from frames, RFC 7692 §6 and §7.2, on literal octets split at every
// position.
#include "websock/protocol/frame_writer.hpp"
#include "websock/protocol/message_assembler.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/deflate_lab.hpp"

#include <string>

using namespace websock::protocol;
using namespace websock::testing;

namespace {

/// As a client: what a server wrote.
void check_reads(const std::string& input, const lines& expected,
                 const message_limits& limits = {}) {
  deflate_pool pool;
  for (const chunks& cut : chunkings(input))
    REQUIRE(inflated(cut, pool, {}, limits, role::client) == expected);
}

std::string frame(opcode code, std::string_view payload, rsv bits = rsv::rsv1,
                  fin last = fin::set) {
  std::string out;
  append_frame(out, code, payload, last, bits);
  return out;
}

std::string failed(violation what) {
  const failure why = describe(what);
  return "failed " + std::to_string(static_cast<int>(why.code)) + " "
         + std::string{why.reason};
}

/// The payload of a compressed message.
std::string deflated(std::string_view message) {
  std::string out;
  deflater({}).append(out, message);
  return out;
}

const std::string hello = hex("f2 48 cd c9 c9 07 00");

} // namespace

TEST_CASE("a message in one compressed block, in one frame or in two",
          "[RFC7692 §7.2.3.1]") {
  check_reads(hex("c1 07 f2 48 cd c9 c9 07 00"), {"text Hello"});
  check_reads(hex("41 03 f2 48 cd  80 04 c9 c9 07 00"), {"text Hello"});
}

TEST_CASE("a message that refers to the one before", "[RFC7692 §7.2.3.2]") {
  check_reads(hex("c1 07 f2 48 cd c9 c9 07 00  c1 05 f2 00 11 00 00"),
              {"text Hello", "text Hello"});
}

TEST_CASE("a message that refers to one before it without context takeover fails",
          "[RFC7692 §7.2.3.2]") {
  deflate_pool pool;
  const std::string input = hex("c1 07 f2 48 cd c9 c9 07 00  c1 05 f2 00 11 00 00");
  const deflate_direction alone{15, context_takeover::none};
  CHECK(inflated({input}, pool, alone, {}, role::client)
        == lines{"text Hello", failed(violation::corrupt_deflate)});
}

TEST_CASE("a message in a block without compression", "[RFC7692 §7.2.3.3]") {
  check_reads(hex("c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00"), {"text Hello"});
}

TEST_CASE("a message in a final block, and others behind it", "[RFC7692 §7.2.3.4]") {
  const std::string final_block = hex("c1 08 f3 48 cd c9 c9 07 00 00");
  check_reads(final_block, {"text Hello"});
  check_reads(final_block + final_block, {"text Hello", "text Hello"});
  // The window outlives the final block.
  check_reads(final_block + hex("c1 05 f2 00 11 00 00"), {"text Hello", "text Hello"});
  // Final and other blocks in one message.
  check_reads(frame(opcode::text, hex("f3 48 cd c9 c9 07 00") + hello),
              {"text HelloHello"});
  check_reads(frame(opcode::text, hex("f3 48 cd c9 c9 07 00 f3 48 cd c9 c9 07 00 00")),
              {"text HelloHello"});
}

TEST_CASE("the octet behind a final block may be missing", "[RFC7692 §7.2.3.4]") {
  const std::string final_block = frame(opcode::text, hex("f3 48 cd c9 c9 07 00"));
  check_reads(final_block + final_block, {"text Hello", "text Hello"});
}

TEST_CASE("a message in two blocks", "[RFC7692 §7.2.3.5]") {
  check_reads(hex("c1 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00"), {"text Hello"});
}

TEST_CASE("an empty message, and an empty fragment at the end", "[RFC7692 §7.2.3.6]") {
  check_reads(hex("c1 01 00"), {"text "});
  check_reads(hex("c2 01 00 c1 01 00"), {"binary ", "text "});
  // The parts are "f2 48 cd c9 c9 07 00 00 00 ff ff" and "00".
  check_reads(hex("41 0b f2 48 cd c9 c9 07 00 00 00 ff ff  80 01 00"), {"text Hello"});
  // Some senders leave out the octet as well.
  check_reads(hex("c1 00 41 00 80 00") + frame(opcode::text, hello),
              {"text ", "text ", "text Hello"});
}

TEST_CASE("compressed and plain messages may alternate", "[RFC7692 §6]") {
  check_reads(hex("c1 07 f2 48 cd c9 c9 07 00") + frame(opcode::text, "plain", rsv::none)
                  + hex("c1 05 f2 00 11 00 00") + frame(opcode::binary, "", rsv::none),
              {"text Hello", "text plain", "text Hello", "binary "});
}

TEST_CASE("control frames come between the fragments of a compressed message",
          "[RFC7692 §6.1]") {
  check_reads(hex("41 03 f2 48 cd") + frame(opcode::ping, "now", rsv::none) + hex("00 00")
                  + frame(opcode::pong, "", rsv::none) + hex("80 04 c9 c9 07 00"),
              {"ping now", "pong ", "text Hello"});
  check_reads(hex("41 03 f2 48 cd") + frame(opcode::close, "\x03\xE8", rsv::none),
              {"close 1000 "});
}

TEST_CASE("RSV1 on a control frame or on a continuation fails", "[RFC7692 §6]") {
  for (const opcode code : {opcode::ping, opcode::pong, opcode::close})
    check_reads(frame(code, ""), {failed(violation::compressed_control)});
  check_reads(hex("41 03 f2 48 cd  c0 04 c9 c9 07 00"),
              {failed(violation::compressed_continuation)});
  check_reads(hex("01 01 61  c0 01 00"), {failed(violation::compressed_continuation)});
  check_reads(hex("c0 01 00"), {failed(violation::compressed_continuation)});
  check_reads(hex("41 03 f2 48 cd") + frame(opcode::ping, "x"),
              {failed(violation::compressed_control)});
}

TEST_CASE("the other reserved bits stay reserved", "[RFC6455 §5.2]") {
  check_reads(frame(opcode::text, hello, rsv::rsv1 | rsv::rsv2),
              {failed(violation::reserved_bits)});
  check_reads(frame(opcode::text, "a", rsv::rsv3), {failed(violation::reserved_bits)});
}

TEST_CASE("RSV1 fails where nothing was agreed on", "[RFC6455 §5.2]") {
  for (const chunks& cut : chunkings(hex("c1 07 f2 48 cd c9 c9 07 00")))
    REQUIRE(transcript(cut, {}, role::client) == lines{failed(violation::reserved_bits)});
}

TEST_CASE("what is no DEFLATE fails", "[RFC7692 §7.2.2]") {
  check_reads(frame(opcode::text, hex("ff ff ff")), {failed(violation::corrupt_deflate)});
  check_reads(frame(opcode::text, hex("07")), {failed(violation::corrupt_deflate)});
  check_reads(frame(opcode::text, hex("00 05 00 00 00 48")),
              {failed(violation::corrupt_deflate)});
  // It refers to what is before the beginning.
  check_reads(frame(opcode::text, hex("f2 00 11 00 00")),
              {failed(violation::corrupt_deflate)});
}

TEST_CASE("a message that ends inside a block fails", "[RFC7692 §7.2.2]") {
  check_reads(frame(opcode::text, hex("f2 48 cd")),
              {failed(violation::truncated_deflate)});
  check_reads(frame(opcode::binary, hex("00 06 00 f9 ff 48")),
              {failed(violation::truncated_deflate)});
  // With its tail the message has one too many.
  check_reads(frame(opcode::text, hello + hex("00 00 ff ff")),
              {failed(violation::truncated_deflate)});
}

TEST_CASE("text is checked as it comes out", "[RFC6455 §8.1]") {
  const std::string bad = deflated("good \xFF bad");
  check_reads(frame(opcode::text, bad), {failed(violation::invalid_utf8)});
  CHECK(inflated({frame(opcode::binary, bad)}, *std::make_unique<deflate_pool>(), {}, {},
                 role::client)
        == lines{"binary good \xFF bad"});
  check_reads(frame(opcode::text, deflated("cut \xE2\x98")),
              {failed(violation::truncated_utf8)});
  check_reads(frame(opcode::text, deflated("whole \xE2\x98\x83")),
              {"text whole \xE2\x98\x83"});
  check_reads(frame(opcode::text, bad), {"text good \xFF bad"},
              {.validate_utf8 = utf8_policy::trust});
}

TEST_CASE("a bad octet fails in the middle of its frame", "[RFC6455 §8.1]") {
  // The first block is whole, and bad; most of the frame is still to come.
  const std::string bad = hex("00 02 00 fd ff 61 ff");
  std::string input =
      frame(opcode::text, bad + std::string(10'000, '\0'), rsv::rsv1, fin::clear);
  input.resize(4 + bad.size());
  deflate_pool pool;
  CHECK(inflated({input}, pool, {}, {}, role::client)
        == lines{failed(violation::invalid_utf8)});
}

TEST_CASE("a character may be split between fragments of a compressed message",
          "[RFC6455 §8.1]") {
  const std::string payload = hex("00 02 00 fd ff e2 98") + hex("00 01 00 fe ff 83 00");
  for (std::size_t at = 0; at <= payload.size(); ++at)
    check_reads(frame(opcode::text, payload.substr(0, at), rsv::rsv1, fin::clear)
                    + frame(opcode::continuation, payload.substr(at), rsv::none),
                {"text \xE2\x98\x83"});
}

TEST_CASE("the size limit counts what comes out, over all fragments", "[RFC6455 §10.4]") {
  const message_limits limits{.max_message_size = 10};
  check_reads(frame(opcode::binary, deflated(std::string(10, 'a'))),
              {"binary aaaaaaaaaa"}, limits);
  check_reads(frame(opcode::binary, deflated(std::string(11, 'a'))),
              {failed(violation::message_too_big)}, limits);
  const auto six = hex("00 06 00 f9 ff") + "abcdef";
  check_reads(frame(opcode::text, six, rsv::rsv1, fin::clear)
                  + frame(opcode::continuation, six, rsv::none, fin::clear),
              {failed(violation::message_too_big)}, limits);
  // The wire may take more than the message: blocks without content cost nothing here.
  check_reads(
      frame(opcode::text, hello + hex("00 00 ff ff 00 00 00 ff ff 00 00 00 ff ff 00")),
      {"text Hello"}, limits);
}

TEST_CASE("the frame limit counts what is on the wire", "[RFC6455 §10.4]") {
  check_reads(frame(opcode::text, deflated(std::string(100'000, 'a'))),
              {"text " + std::string(100'000, 'a')}, {.max_frame_size = 200});
  check_reads(frame(opcode::text, noise(201)), {failed(violation::frame_too_big)},
              {.max_frame_size = 200});
}

TEST_CASE("the fragments of a compressed message are counted", "[RFC6455 §10.4]") {
  check_reads(frame(opcode::text, hello, rsv::rsv1, fin::clear)
                  + frame(opcode::continuation, "", rsv::none, fin::clear)
                  + frame(opcode::continuation, "", rsv::none),
              {failed(violation::too_many_fragments)}, {.max_fragments = 2});
}
