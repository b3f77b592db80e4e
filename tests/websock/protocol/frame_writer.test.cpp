// Whole frames, with the examples of RFC 6455 §5.7.

#include "websock/protocol/frame_writer.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/chunkings.hpp"

#include <stdexcept>
#include <string>

using namespace websock::protocol;
using websock::testing::hex;

namespace {

constexpr mask_key key{std::byte{0x37}, std::byte{0xFA}, std::byte{0x21},
                       std::byte{0x3D}};

std::string frame(opcode code, std::string_view payload, fin last = fin::set) {
  std::string out;
  append_frame(out, code, payload, last);
  return out;
}

std::string masked_frame(opcode code, std::string_view payload, fin last = fin::set) {
  std::string out;
  append_masked_frame(out, code, payload, key, last);
  return out;
}

} // namespace

TEST_CASE("the unmasked frames of RFC 6455 §5.7 are written", "[RFC6455 §5.7]") {
  CHECK(frame(opcode::text, "Hello") == hex("81 05 48 65 6c 6c 6f"));
  CHECK(frame(opcode::text, "Hel", fin::clear) == hex("01 03 48 65 6c"));
  CHECK(frame(opcode::continuation, "lo") == hex("80 02 6c 6f"));
  CHECK(frame(opcode::ping, "Hello") == hex("89 05 48 65 6c 6c 6f"));
  const std::string kilo(256, 'x');
  CHECK(frame(opcode::binary, kilo) == hex("82 7E 01 00") + kilo);
  const std::string large(65536, 'x');
  CHECK(frame(opcode::binary, large) == hex("82 7F 00 00 00 00 00 01 00 00") + large);
}

TEST_CASE("the masked frames of RFC 6455 §5.7 are written", "[RFC6455 §5.7]") {
  CHECK(masked_frame(opcode::text, "Hello") == hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"));
  CHECK(masked_frame(opcode::pong, "Hello") == hex("8a 85 37 fa 21 3d 7f 9f 4d 51 58"));
  CHECK(masked_frame(opcode::text, "") == hex("81 80 37 fa 21 3d"));
}

TEST_CASE("frames are appended to what is there", "[RFC6455 §5.2]") {
  std::string out = "before";
  append_frame(out, opcode::text, "a");
  append_masked_frame(out, opcode::text, "Hello", key);
  append_close(out, close_code::normal);
  CHECK(out == "before" + hex("81 01 61  81 85 37 fa 21 3d 7f 9f 4d 51 58  88 02 03 E8"));
}

TEST_CASE("a close frame carries its code and body, or nothing", "[RFC6455 §5.5.1]") {
  std::string out;
  append_close(out, close_code::going_away, "bye");
  append_close(out, close_code::no_status);
  append_masked_close(out, close_code::normal, "", key);
  CHECK(out == hex("88 05 03 E9 62 79 65  88 00  88 82 37 fa 21 3d 34 12"));
}

TEST_CASE(
    "a control frame over 125 octets or fragmented is refused before a byte is written") {
  std::string out;
  const std::string largest(125, 'x');
  CHECK_NOTHROW(append_frame(out, opcode::ping, largest));
  out.clear();
  CHECK_THROWS_AS(append_frame(out, opcode::ping, largest + "x"), std::invalid_argument);
  CHECK_THROWS_AS(append_frame(out, opcode::pong, "", fin::clear), std::invalid_argument);
  CHECK_THROWS_AS(append_masked_frame(out, opcode::ping, largest + "x", key),
                  std::invalid_argument);
  CHECK_THROWS_AS(append_close(out, close_code::abnormal), std::invalid_argument);
  CHECK_THROWS_AS(append_close(out, close_code::normal, largest), std::invalid_argument);
  CHECK(out.empty());
}
