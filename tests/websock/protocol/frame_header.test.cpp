// Encoding and decoding frame headers, RFC 6455 §5.2.

#include "websock/protocol/frame_header.hpp"

#include "websock/protocol/octets.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/chunkings.hpp"

#include <cstdint>
#include <string>

using namespace websock::protocol;
using websock::testing::hex;

namespace {

constexpr mask_key key{std::byte{0x37}, std::byte{0xFA}, std::byte{0x21},
                       std::byte{0x3D}};

std::string binary_header(std::uint64_t size) {
  std::string out;
  append_header(out, opcode::binary, size);
  return out;
}

} // namespace

TEST_CASE("a length takes the shortest of the three encodings", "[RFC6455 §5.2]") {
  CHECK(binary_header(0) == hex("82 00"));
  CHECK(binary_header(125) == hex("82 7D"));
  CHECK(binary_header(126) == hex("82 7E 00 7E"));
  CHECK(binary_header(256) == hex("82 7E 01 00"));
  CHECK(binary_header(65535) == hex("82 7E FF FF"));
  CHECK(binary_header(65536) == hex("82 7F 00 00 00 00 00 01 00 00"));
  CHECK(binary_header(0x0102030405060708U) == hex("82 7F 01 02 03 04 05 06 07 08"));
}

TEST_CASE("the first octet holds fin, the reserved bits and the opcode",
          "[RFC6455 §5.2]") {
  std::string out;
  append_header(out, opcode::text, 3, fin::clear);
  append_header(out, opcode::continuation, 2, fin::set);
  append_header(out, opcode::text, 7, fin::set, rsv::rsv1);
  append_header(out, opcode::ping, 0, fin::set, rsv::rsv2 | rsv::rsv3);
  CHECK(out == hex("01 03  80 02  C1 07  B9 00"));
}

TEST_CASE("a masked header has the mask bit and the key at its end", "[RFC6455 §5.2]") {
  std::string out;
  append_masked_header(out, opcode::text, 5, key);
  append_masked_header(out, opcode::binary, 300, key);
  CHECK(out == hex("81 85 37 fa 21 3d  82 FE 01 2C 37 fa 21 3d"));
}

TEST_CASE("what is encoded is decoded", "[RFC6455 §5.2]") {
  const std::uint64_t size =
      GENERATE(0U, 5U, 125U, 126U, 65535U, 65536U, 0x7FFF'FFFF'FFFF'FFFFU);
  std::string out;
  append_masked_header(out, opcode::pong, size, key, fin::clear, rsv::rsv1 | rsv::rsv3);
  REQUIRE(header_size(as_octets(out).first<2>()) == out.size());

  const frame_header header = decode_header(as_octets(out));
  CHECK(header.payload_size == size);
  CHECK(header.opcode == opcode::pong);
  CHECK(header.fin == fin::clear);
  CHECK(header.rsv == (rsv::rsv1 | rsv::rsv3));
  CHECK(header.is_masked);
  CHECK(header.key == key);
}

TEST_CASE("an unmasked header has no key", "[RFC6455 §5.2]") {
  const std::string octets = hex("82 7E 01 00");
  CHECK(header_size(as_octets(octets).first<2>()) == 4);
  CHECK_FALSE(decode_header(as_octets(octets)).is_masked);
  CHECK(decode_header(as_octets(octets)).payload_size == 256);
}

TEST_CASE("only reserved bits that are allowed do not exceed the allowed ones",
          "[RFC6455 §5.2]") {
  CHECK_FALSE(exceeds(rsv::none, rsv::none));
  CHECK_FALSE(exceeds(rsv::rsv1, rsv::rsv1));
  CHECK(exceeds(rsv::rsv1, rsv::none));
  CHECK(exceeds(rsv::rsv1 | rsv::rsv2, rsv::rsv1));
}
