// Messages from frames, RFC 6455 §5.4 and §8.1, on literal octets split at every
// position.

#include "websock/protocol/message_assembler.hpp"

#include "websock/protocol/frame_writer.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/transcript.hpp"

#include <string>

using namespace websock::protocol;
using namespace websock::testing;

namespace {

void check_reads(const std::string& input, const lines& expected,
                 const message_limits& limits = {}, role self = role::server) {
  for (const chunks& cut : chunkings(input))
    REQUIRE(transcript(cut, limits, self) == expected);
}

std::string failed(violation what) {
  const failure why = describe(what);
  return "failed " + std::to_string(static_cast<int>(why.code)) + " "
         + std::string{why.reason};
}

std::string masked(opcode code, std::string_view payload, fin last = fin::set) {
  std::string out;
  const mask_key key{std::byte{0xA5}, std::byte{0x01}, std::byte{0xFF}, std::byte{0x3C}};
  append_masked_frame(out, code, payload, key, last);
  return out;
}

} // namespace

TEST_CASE("the messages of RFC 6455 §5.7 are read", "[RFC6455 §5.7]") {
  check_reads(hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"), {"text Hello"});
  check_reads(hex("8a 85 37 fa 21 3d 7f 9f 4d 51 58"), {"pong Hello"});
  check_reads(hex("81 05 48 65 6c 6c 6f"), {"text Hello"}, {}, role::client);
  check_reads(hex("01 03 48 65 6c  80 02 6c 6f"), {"text Hello"}, {}, role::client);
  check_reads(hex("89 05 48 65 6c 6c 6f"), {"ping Hello"}, {}, role::client);
  check_reads(hex("82 7E 01 00") + std::string(256, 'k'),
              {"binary " + std::string(256, 'k')}, {}, role::client);
}

TEST_CASE("a message of 64 KiB is read, in one frame or in two", "[RFC6455 §5.4]") {
  const std::string payload(65536, 'l');
  check_reads(masked(opcode::binary, payload), {"binary " + payload});
  check_reads(masked(opcode::binary, payload, fin::clear)
                  + masked(opcode::continuation, payload),
              {"binary " + payload + payload});
}

TEST_CASE("messages follow one another", "[RFC6455 §5.4]") {
  check_reads(masked(opcode::text, "one") + masked(opcode::binary, "two")
                  + masked(opcode::text, "") + masked(opcode::text, "four"),
              {"text one", "binary two", "text ", "text four"});
}

TEST_CASE("fragments make one message, empty ones add nothing", "[RFC6455 §5.4]") {
  check_reads(masked(opcode::text, "", fin::clear)
                  + masked(opcode::continuation, "he", fin::clear)
                  + masked(opcode::continuation, "", fin::clear)
                  + masked(opcode::continuation, "llo", fin::clear)
                  + masked(opcode::continuation, "") + masked(opcode::binary, "next"),
              {"text hello", "binary next"});
  check_reads(masked(opcode::binary, "", fin::clear) + masked(opcode::continuation, ""),
              {"binary "});
}

TEST_CASE("control frames between fragments come at once and leave the message alone",
          "[RFC6455 §5.4]") {
  const std::string longest(125, 'p');
  check_reads(masked(opcode::text, "he", fin::clear) + masked(opcode::ping, longest)
                  + masked(opcode::continuation, "l", fin::clear)
                  + masked(opcode::pong, "") + masked(opcode::ping, "x")
                  + masked(opcode::continuation, "lo"),
              {"ping " + longest, "pong ", "ping x", "text hello"});
}

TEST_CASE("a close frame comes between fragments too", "[RFC6455 §5.4]") {
  check_reads(masked(opcode::text, "half", fin::clear)
                  + masked(opcode::close, "\x03\xE8"
                                          "bye"),
              {"close 1000 bye"});
}

TEST_CASE("a continuation without a message is a protocol error", "[RFC6455 §5.4]") {
  check_reads(masked(opcode::continuation, "x"), {failed(violation::stray_continuation)});
  check_reads(masked(opcode::text, "a") + masked(opcode::continuation, "b", fin::clear),
              {"text a", failed(violation::stray_continuation)});
}

TEST_CASE("a new message inside a fragmented one is a protocol error", "[RFC6455 §5.4]") {
  const opcode second = GENERATE(opcode::text, opcode::binary);
  check_reads(masked(opcode::text, "a", fin::clear) + masked(second, "b"),
              {failed(violation::interleaved_message)});
}

TEST_CASE("what the frame parser refuses fails the assembler", "[RFC6455 §7.1.7]") {
  check_reads(masked(opcode::text, "a") + hex("81 01 62"),
              {"text a", failed(violation::unmasked_frame)});
  check_reads(hex("C1 81 00000000 61"), {failed(violation::reserved_bits)});
}

TEST_CASE("close frames carry a code and a body, or nothing", "[RFC6455 §5.5.1]") {
  check_reads(masked(opcode::close, ""), {"close none "});
  check_reads(masked(opcode::close, "\x03\xE8"), {"close 1000 "});
  check_reads(masked(opcode::close, "\x0F\xA0☃"), {"close 4000 ☃"});
}

TEST_CASE("malformed close frames fail", "[RFC6455 §5.5.1]") {
  check_reads(masked(opcode::close, "\x03"), {failed(violation::truncated_close_code)});
  check_reads(masked(opcode::close, "\x03\xED"), {failed(violation::invalid_close_code)});
  check_reads(masked(opcode::close, "\x03\xE8\xFF"),
              {failed(violation::invalid_close_body)});
}

TEST_CASE("an invalid close code is told: it comes with the failure", "[RFC6455 §7.4]") {
  for (const chunks& cut : chunkings(masked(opcode::close, "\x03\xE7"
                                                           "why"))) {
    const message_limits limits;
    message_assembler assembler{role::server, limits};
    std::string told;
    for (std::string chunk : cut) {
      std::span<std::byte> in{std::as_writable_bytes(std::span{chunk})};
      const event last = assembler.next(in);
      told += as_chars(last.payload);
    }
    REQUIRE(told == "\x03\xE7");
  }
}

TEST_CASE("a close frame fails on the octet that makes it wrong, however long it is",
          "[RFC6455 §5.5.1]") {
  const std::string code = masked(opcode::close, "\x03\xE7 and more").substr(0, 8);
  check_reads(code, {failed(violation::invalid_close_code)});
  check_reads(code.substr(0, 7), {});
  const std::string body =
      masked(opcode::close, "\x03\xE8 and \xFF more").substr(0, 6 + 2 + 6);
  check_reads(body, {failed(violation::invalid_close_body)});
  check_reads(body.substr(0, body.size() - 1), {});
  check_reads(masked(opcode::close, "\x03").substr(0, 6),
              {failed(violation::truncated_close_code)});
}

TEST_CASE("a close frame that ends inside a character is invalid", "[RFC6455 §5.5.1]") {
  check_reads(masked(opcode::close, "\x03\xE8 \xE2\x98"),
              {failed(violation::invalid_close_body)});
}

TEST_CASE("a failure stays, consumes nothing and ends the message", "[RFC6455 §7.1.7]") {
  const message_limits limits;
  message_assembler assembler{role::server, limits};
  lines seen;
  feed(assembler, masked(opcode::text, "a", fin::clear) + masked(opcode::text, "b"),
       seen);
  feed(assembler, masked(opcode::text, "c"), seen);
  const std::string expected = failed(violation::interleaved_message);
  CHECK(seen == lines{expected, expected});
  CHECK_FALSE(assembler.is_mid_message());

  std::string octets = masked(opcode::text, "d");
  std::span<std::byte> in{std::as_writable_bytes(std::span{octets})};
  (void)assembler.next(in);
  CHECK(in.size() == octets.size());
  CHECK(assembler.heap_size() == 0);
}

TEST_CASE("a message is under way from its first octet to its last", "[RFC6455 §5.4]") {
  const std::string octets = masked(opcode::text, "he", fin::clear)
                             + masked(opcode::ping, "p")
                             + masked(opcode::continuation, "llo");
  const message_limits limits;
  message_assembler assembler{role::server, limits};
  lines seen;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    REQUIRE(assembler.is_mid_message() == (i != 0));
    feed(assembler, octets.substr(i, 1), seen);
  }
  CHECK_FALSE(assembler.is_mid_message());
  CHECK(seen == lines{"ping p", "text hello"});
}

TEST_CASE("a started control frame is under way as well", "[RFC6455 §5.5]") {
  const message_limits limits;
  message_assembler assembler{role::server, limits};
  lines seen;
  feed(assembler, masked(opcode::ping, "ping").substr(0, 8), seen);
  CHECK(assembler.is_mid_message());
}
