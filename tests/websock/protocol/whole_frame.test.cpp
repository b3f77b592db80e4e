// The fast path for the usual frame: what it takes, and that it leaves everything else
// untouched.
#include "websock/protocol/whole_frame.hpp"

#include "websock/protocol/frame_writer.hpp"
#include "websock/protocol/octets.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/chunkings.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

using namespace websock::protocol;
using websock::testing::hex;

namespace {

constexpr auto no_limit = std::numeric_limits<std::uint64_t>::max();

std::string masked(opcode code, std::string_view payload, fin last = fin::set,
                   rsv bits = rsv::none) {
  std::string out;
  const mask_key key{std::byte{0xA5}, std::byte{0x01}, std::byte{0xFF}, std::byte{0x3C}};
  append_masked_frame(out, code, payload, key, last, bits);
  return out;
}

/// In memory of exactly its size.
std::vector<std::byte> memory_of(std::string_view octets) {
  const auto bytes = as_octets(octets);
  return {bytes.begin(), bytes.end()};
}

bool is_left_alone(std::string_view octets, std::uint64_t max_size = no_limit) {
  auto memory = memory_of(octets);
  std::span<std::byte> in(memory);
  const auto frame = take_whole_frame(in, max_size);
  return frame.opcode == opcode::continuation && in.data() == memory.data()
         && in.size() == memory.size() && memory == memory_of(octets);
}

} // namespace

TEST_CASE("a whole message is unmasked in place, whatever its size", "[RFC6455 §5.3]") {
  std::string payload;
  for (std::size_t size = 0; size <= 65'535; size += size < 300 ? 1 : 5'019) {
    while (payload.size() < size)
      payload += static_cast<char>('a' + payload.size() % 26);
    for (const auto code : {opcode::text, opcode::binary}) {
      const auto wire = masked(code, payload);
      auto memory = memory_of(wire + "next");
      std::span<std::byte> in(memory);
      const auto frame = take_whole_frame(in, size);
      REQUIRE(frame.opcode == code);
      REQUIRE(as_chars(frame.payload) == payload);
      REQUIRE(frame.payload.data() == memory.data() + wire.size() - payload.size());
      REQUIRE(frame.is_ascii);
      REQUIRE(as_chars(in) == "next");
    }
  }
}

TEST_CASE("one octet that is not ASCII is seen wherever it is", "[RFC6455 §8.1]") {
  for (std::size_t size = 1; size <= 80; ++size)
    for (std::size_t at = 0; at < size; ++at) {
      std::string payload(size, 'a');
      payload[at] = '\x80';
      auto memory = memory_of(masked(opcode::text, payload));
      std::span<std::byte> in(memory);
      const auto frame = take_whole_frame(in, no_limit);
      REQUIRE(as_chars(frame.payload) == payload);
      REQUIRE_FALSE(frame.is_ascii);
    }
}

TEST_CASE("a frame that has not come to its end is left alone", "[RFC6455 §5.2]") {
  for (const std::size_t size : {0U, 1U, 64U, 125U, 126U, 300U}) {
    const auto whole = masked(opcode::text, std::string(size, 'a'));
    for (std::size_t cut = 0; cut < whole.size(); ++cut)
      REQUIRE(is_left_alone(whole.substr(0, cut)));
    REQUIRE_FALSE(is_left_alone(whole));
  }
}

TEST_CASE("what is rarer than a whole message, or wrong, is left alone",
          "[RFC6455 §5.2]") {
  CHECK(is_left_alone(masked(opcode::text, "part", fin::clear)));
  CHECK(is_left_alone(masked(opcode::continuation, "rest")));
  CHECK(is_left_alone(masked(opcode::ping, "ping")));
  CHECK(is_left_alone(masked(opcode::close, "")));
  CHECK(is_left_alone(masked(static_cast<opcode>(3), "reserved")));
  CHECK(is_left_alone(masked(opcode::text, "deflated", fin::set, rsv::rsv1)));
  CHECK(is_left_alone(hex("81 05 48 65 6c 6c 6f 6f 6f 6f")));                // no mask
  CHECK(is_left_alone(hex("81 fe 00 01 00 00 00 00 48")));                   // 126 for 1
  CHECK(is_left_alone(hex("81 ff 00 00 00 00 00 00 00 01 00 00 00 00 48"))); // 127 for 1
  CHECK(is_left_alone(masked(opcode::binary, std::string(65'536, 'b'))));
}

TEST_CASE("a frame over the limit is left alone", "[RFC6455 §10.4]") {
  CHECK_FALSE(is_left_alone(masked(opcode::text, "1234"), 4));
  CHECK(is_left_alone(masked(opcode::text, "12345"), 4));
}
