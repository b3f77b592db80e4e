// How much a peer can make an assembler spend: octets, fragments, heap. RFC 6455 §10.4.

#include "websock/protocol/frame_writer.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/transcript.hpp"

#include <string>

using namespace websock::protocol;
using namespace websock::testing;

namespace {

const std::string frame_too_big = "failed 1009 RFC 6455 §10.4: frame over the size limit";
const std::string message_too_big =
    "failed 1009 RFC 6455 §10.4: message over the size limit";
const std::string too_many = "failed 1008 RFC 6455 §10.4: message of too many fragments";

constexpr mask_key key{std::byte{0xA5}, std::byte{0x01}, std::byte{0xFF},
                       std::byte{0x3C}};

std::string masked(opcode code, std::string_view payload, fin last = fin::set) {
  std::string out;
  append_masked_frame(out, code, payload, key, last);
  return out;
}

std::string masked_header(opcode code, std::uint64_t size, fin last = fin::set) {
  std::string out;
  append_masked_header(out, code, size, key, last);
  return out;
}

void check_reads(const std::string& input, const lines& expected,
                 const message_limits& limits) {
  for (const chunks& cut : chunkings(input))
    REQUIRE(transcript(cut, limits) == expected);
}

/// Of a message that does not end, each with this payload.
void feed_a_million_fragments(message_assembler& assembler, std::string_view payload,
                              lines& seen) {
  feed(assembler, masked(opcode::text, payload, fin::clear), seen);
  std::string batch;
  for (int i = 0; i < 1000; ++i)
    batch += masked(opcode::continuation, payload, fin::clear);
  for (int i = 0; i < 1000; ++i)
    feed(assembler, batch, seen);
}

} // namespace

TEST_CASE("a frame over its limit fails on the header", "[RFC6455 §10.4]") {
  const message_limits limits{.max_frame_size = 100};
  check_reads(masked_header(opcode::text, 101), {frame_too_big}, limits);
  check_reads(masked(opcode::text, std::string(100, 'x')),
              {"text " + std::string(100, 'x')}, limits);
}

TEST_CASE("a message over its limit fails on the header that shows it",
          "[RFC6455 §10.4]") {
  const message_limits limits{.max_message_size = 100};
  const std::string first = masked(opcode::text, std::string(60, 'a'), fin::clear);
  check_reads(first + masked_header(opcode::continuation, 41), {message_too_big}, limits);
  check_reads(masked_header(opcode::binary, 101), {message_too_big}, limits);
  check_reads(first + masked(opcode::continuation, std::string(40, 'b')),
              {"text " + std::string(60, 'a') + std::string(40, 'b')}, limits);
}

TEST_CASE(
    "the largest length that a header can claim is awaited if the limits allow it") {
  const message_limits limits{.max_frame_size = ~0ULL, .max_message_size = ~0ULL};
  const std::string first = masked(opcode::binary, "a", fin::clear);
  check_reads(first + masked_header(opcode::continuation, 0x7FFF'FFFF'FFFF'FFFFU), {},
              limits);
}

TEST_CASE("each message has the whole limit, control frames count for nothing",
          "[RFC6455 §10.4]") {
  const message_limits limits{.max_message_size = 4, .max_fragments = 2};
  std::string input;
  for (int i = 0; i < 3; ++i)
    input += masked(opcode::text, "ab", fin::clear) + masked(opcode::ping, "12345")
             + masked(opcode::continuation, "cd");
  check_reads(
      input,
      {"ping 12345", "text abcd", "ping 12345", "text abcd", "ping 12345", "text abcd"},
      limits);
}

TEST_CASE("too many fragments fail, empty ones as well", "[RFC6455 §10.4]") {
  const message_limits limits{.max_fragments = 3};
  const std::string three = masked(opcode::text, "a", fin::clear)
                            + masked(opcode::continuation, "", fin::clear);
  check_reads(three + masked(opcode::continuation, "c"), {"text ac"}, limits);
  check_reads(three + masked(opcode::continuation, "", fin::clear)
                  + masked(opcode::continuation, ""),
              {too_many}, limits);
}

TEST_CASE("a whole message in one input is a view of it and holds no heap",
          "[RFC6455 §10.4]") {
  const message_limits limits;
  message_assembler assembler{role::server, limits};
  std::string octets = masked(opcode::text, "hello") + masked(opcode::ping, "p");
  std::span<std::byte> in{std::as_writable_bytes(std::span{octets})};
  CHECK(as_chars(assembler.next(in).payload).data() == octets.data() + 6);
  CHECK(as_chars(assembler.next(in).payload).data() == octets.data() + 17);
  CHECK(assembler.next(in).what == event::kind::need_more);
  CHECK(assembler.heap_size() == 0);
}

TEST_CASE("the buffer of a message does not outlive it", "[RFC6455 §10.4]") {
  const message_limits limits;
  message_assembler assembler{role::server, limits};
  const std::string octets = masked(opcode::binary, std::string(100'000, 'x'));
  lines seen;
  feed(assembler, octets.substr(0, 50'000), seen);
  CHECK(assembler.heap_size() >= 49'000);
  feed(assembler, octets.substr(50'000), seen);
  CHECK(seen.size() == 1);
  CHECK(assembler.heap_size() == 0);
}

TEST_CASE("a large buffer goes although more input follows, a small one is used again",
          "[RFC6455 §10.4]") {
  const message_limits limits;
  message_assembler assembler{role::server, limits};
  const std::size_t size = GENERATE(100U, 100'000U);
  lines seen;
  const std::string octets = masked(opcode::binary, std::string(size, 'x'));
  feed(assembler, octets.substr(0, 50), seen);
  std::string rest = octets.substr(50) + masked(opcode::text, "a");
  std::span<std::byte> in{std::as_writable_bytes(std::span{rest})};
  CHECK(assembler.next(in).payload.size() == size);
  CHECK(assembler.next(in).payload.size() == 1);
  CHECK((assembler.heap_size() != 0) == (size == 100));
}

TEST_CASE("a claimed length reserves no more than a page or twice what arrived",
          "[RFC6455 §10.4]") {
  const message_limits limits;
  message_assembler assembler{role::server, limits};
  lines seen;
  feed(assembler, masked_header(opcode::binary, 8'000'000), seen);
  CHECK(assembler.heap_size() == 0);
  feed(assembler, "x", seen);
  CHECK(assembler.heap_size() <= 4096 + 100);
  feed(assembler, std::string(10'000, 'x'), seen);
  CHECK(assembler.heap_size() <= 2 * 10'001 + 100);
}

TEST_CASE("a million fragments of one octet cost no more than their octets",
          "[RFC6455 §10.4]") {
  const message_limits limits{.max_fragments = 2'000'000};
  message_assembler assembler{role::server, limits};
  lines seen;
  feed_a_million_fragments(assembler, "x", seen);
  CHECK(assembler.heap_size() <= 2'200'000);
  feed(assembler, masked(opcode::continuation, ""), seen);
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].size() == 5 + 1'000'001);
}

TEST_CASE("a million empty fragments cost no heap", "[RFC6455 §10.4]") {
  const message_limits limits{.max_fragments = 2'000'000};
  message_assembler assembler{role::server, limits};
  lines seen;
  feed_a_million_fragments(assembler, "", seen);
  CHECK(seen.empty());
  CHECK(assembler.heap_size() == 0);
  CHECK(assembler.is_mid_message());
}

TEST_CASE("an idle assembler is small", "[RFC6455 §10.4]") {
  STATIC_REQUIRE(sizeof(message_assembler) <= 88);
}
