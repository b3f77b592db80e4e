// Masking, RFC 6455 §5.3.

#include "websock/protocol/mask.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/chunkings.hpp"

#include <string>
#include <vector>

using namespace websock::protocol;
using websock::testing::hex;

namespace {

constexpr mask_key key{std::byte{0x37}, std::byte{0xFA}, std::byte{0x21},
                       std::byte{0x3D}};

std::string masked(std::string text, std::size_t phase = 0) {
  apply_mask(std::as_writable_bytes(std::span{text}), key, phase);
  return text;
}

// The rule as the RFC states it: octet i is combined with octet i modulo 4 of the key.
std::string masked_by_rule(std::string text, std::size_t phase) {
  for (std::size_t i = 0; i < text.size(); ++i)
    text[i] = static_cast<char>(text[i] ^ static_cast<char>(key[(i + phase) % 4]));
  return text;
}

std::string sample(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i)
    text.push_back(static_cast<char>(i * 37 + 11));
  return text;
}

} // namespace

TEST_CASE("the masked Hello of RFC 6455 §5.7 unmasks", "[RFC6455 §5.3]") {
  CHECK(masked(hex("7f 9f 4d 51 58")) == "Hello");
  CHECK(masked("Hello") == hex("7f 9f 4d 51 58"));
}

TEST_CASE("every size, phase and alignment gives what the rule gives", "[RFC6455 §5.3]") {
  for (std::size_t size = 0; size < 50; ++size) {
    for (std::size_t offset = 0; offset < 8; ++offset) {
      const std::size_t phase = (size + offset) % 7;
      std::string memory = sample(offset + size + 1);
      const std::string expected = memory.substr(0, offset)
                                   + masked_by_rule(memory.substr(offset, size), phase)
                                   + memory.back();
      apply_mask(std::as_writable_bytes(std::span{memory}).subspan(offset, size), key,
                 phase);
      REQUIRE(memory == expected);
    }
  }
}

TEST_CASE(
    "payload masked in two parts, with the phase carried on, is as masked at once") {
  const std::string text = sample(41);
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    REQUIRE(masked(text.substr(0, cut)) + masked(text.substr(cut), cut) == masked(text));
}

TEST_CASE("masking twice restores the text, also in a phase that no machine word holds",
          "[RFC6455 §5.3]") {
  const std::string text = sample(1000);
  CHECK(masked(masked(text, 3), 4'000'000'003U) == text);
}
