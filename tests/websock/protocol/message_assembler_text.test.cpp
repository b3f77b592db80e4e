// UTF-8 validation of text messages while they arrive, RFC 6455 §8.1.

#include "websock/protocol/frame_writer.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/transcript.hpp"

#include <string>

using namespace websock::protocol;
using namespace websock::testing;

namespace {

const std::string invalid = "failed 1007 RFC 6455 §8.1: text message is not UTF-8";
const std::string truncated =
    "failed 1007 RFC 6455 §8.1: text message ends inside a character";

std::string masked(opcode code, std::string_view payload, fin last = fin::set) {
  std::string out;
  const mask_key key{std::byte{0xA5}, std::byte{0x01}, std::byte{0xFF}, std::byte{0x3C}};
  append_masked_frame(out, code, payload, key, last);
  return out;
}

void check_reads(const std::string& input, const lines& expected,
                 const message_limits& limits = {}) {
  for (const chunks& cut : chunkings(input))
    REQUIRE(transcript(cut, limits) == expected);
}

} // namespace

TEST_CASE("a character may be cut by fragments, with a ping in between",
          "[RFC6455 §8.1]") {
  check_reads(masked(opcode::text, "caf\xC3", fin::clear) + masked(opcode::ping, "\xFF")
                  + masked(opcode::continuation, "\xA9 ☃"),
              {"ping \xFF", "text café ☃"});
}

TEST_CASE("text that is not UTF-8 fails with 1007, binary may be anything",
          "[RFC6455 §8.1]") {
  check_reads(masked(opcode::text, hex("ED A0 80")), {invalid});
  check_reads(masked(opcode::text, "ok", fin::clear)
                  + masked(opcode::continuation, "\xFF"),
              {invalid});
  check_reads(masked(opcode::binary, hex("ED A0 80 FF")),
              {"binary " + hex("ED A0 80 FF")});
}

TEST_CASE("a message that ends inside a character fails with 1007", "[RFC6455 §8.1]") {
  check_reads(masked(opcode::text, "caf\xC3"), {truncated});
  check_reads(masked(opcode::text, "\xF0\x9F", fin::clear)
                  + masked(opcode::continuation, ""),
              {truncated});
}

TEST_CASE("one message does not spoil the next", "[RFC6455 §8.1]") {
  check_reads(masked(opcode::binary, "\xC3") + masked(opcode::text, "\xA9"),
              {"binary \xC3", invalid});
  check_reads(masked(opcode::text, "é") + masked(opcode::text, "é"),
              {"text é", "text é"});
}

TEST_CASE(
    "a failure comes with the octet that makes it one, not at the end of the frame") {
  const std::string octets =
      masked(opcode::text, "good so far \xF4\x90 and much more to come");
  const std::size_t culprit = 6 + 13; // the header, then 0x90: over U+10FFFF
  const message_limits limits;
  message_assembler assembler{role::server, limits};
  lines seen;
  for (std::size_t i = 0; i < culprit; ++i)
    feed(assembler, octets.substr(i, 1), seen);
  CHECK(seen.empty());
  feed(assembler, octets.substr(culprit, 1), seen);
  CHECK(seen == lines{invalid});
}

TEST_CASE("a route may trust its clients' text", "[RFC6455 §8.1]") {
  const message_limits limits{.validate_utf8 = utf8_policy::trust};
  check_reads(masked(opcode::text, "\xFF\xC3"), {"text \xFF\xC3"}, limits);
}
