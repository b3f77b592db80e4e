// The UTF-8 validator against RFC 3629, exhaustively where possible.

#include "websock/protocol/utf8_validator.hpp"

#include "websock/protocol/octets.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/chunkings.hpp"

#include <cstdint>
#include <string>
#include <vector>

using namespace websock::protocol;
using namespace websock::testing;

namespace {

std::string encode(std::uint32_t point) {
  const auto tail = [&](unsigned shift) {
    return static_cast<char>(0x80U | (point >> shift & 0x3FU));
  };
  if (point < 0x80)
    return {static_cast<char>(point)};
  if (point < 0x800)
    return {static_cast<char>(0xC0U | point >> 6U), tail(0)};
  if (point < 0x10000)
    return {static_cast<char>(0xE0U | point >> 12U), tail(6), tail(0)};
  return {static_cast<char>(0xF0U | point >> 18U), tail(12), tail(6), tail(0)};
}

bool is_surrogate(std::uint32_t point) {
  return point >= 0xD800 && point <= 0xDFFF;
}

std::uint32_t number_of(std::string_view octets) {
  std::uint32_t number = 0;
  for (const char c : octets)
    number = number << 8U | static_cast<unsigned char>(c);
  return number;
}

// For each length 1 to 3, the octets with which some character starts.
struct prefixes {
  std::vector<bool> known[3]{std::vector<bool>(1U << 8U), std::vector<bool>(1U << 16U),
                             std::vector<bool>(1U << 24U)};

  prefixes() {
    for (std::uint32_t point = 0; point <= 0x10FFFF; ++point) {
      const std::string octets = encode(point);
      for (std::size_t size = 1;
           size <= 3 && size <= octets.size() && !is_surrogate(point); ++size)
        known[size - 1][number_of(std::string_view{octets}.substr(0, size))] = true;
    }
  }

  [[nodiscard]] bool has(std::string_view octets) const {
    return known[octets.size() - 1][number_of(octets)];
  }
};

// How many octets were taken before the validator said no.
std::size_t accepted(std::string_view octets) {
  utf8_validator validator;
  std::size_t count = 0;
  while (count < octets.size() && validator.feed(as_octets(octets.substr(count, 1))))
    ++count;
  return count;
}

bool accepts_in(const chunks& input) {
  utf8_validator validator;
  for (const std::string& chunk : input) {
    if (!validator.feed(as_octets(chunk)))
      return false;
  }
  return validator.complete();
}

} // namespace

TEST_CASE("every code point is valid in its shortest form, but surrogates are not",
          "[RFC3629 §4]") {
  for (std::uint32_t point = 0; point <= 0x10FFFF; ++point) {
    if (is_valid_utf8(encode(point)) == is_surrogate(point))
      FAIL("code point " << point);
  }
}

TEST_CASE("a character fails at the first octet with which no valid one goes on",
          "[RFC3629 §4]") {
  const prefixes valid;
  for (std::uint32_t number = 0; number < 0x1000000;
       number += (number < 0xC00000 ? 0x3F1 : 1)) {
    const std::string octets{static_cast<char>(number >> 16U),
                             static_cast<char>(number >> 8U), static_cast<char>(number)};
    if ((number >> 16U) < 0xE0)
      continue; // shorter characters: below
    const std::size_t expected = !valid.has(octets.substr(0, 1))   ? 0
                                 : !valid.has(octets.substr(0, 2)) ? 1
                                 : !valid.has(octets)              ? 2
                                                                   : 3;
    if (accepted(octets) != expected)
      FAIL("octets " << number);
  }
  for (unsigned number = 0; number < 0x10000; ++number) {
    const std::string octets{static_cast<char>(number >> 8U), static_cast<char>(number)};
    const bool is_ascii = number >> 8U < 0x80;
    const bool has_two = is_ascii ? valid.has(octets.substr(1)) : valid.has(octets);
    const std::size_t expected = !valid.has(octets.substr(0, 1)) ? 0 : has_two ? 2 : 1;
    if (accepted(octets) != expected)
      FAIL("octets " << number);
  }
}

TEST_CASE("the classic wrong forms are refused", "[RFC3629 §4]") {
  CHECK(accepted(hex("C0 80")) == 0);          // overlong NUL
  CHECK(accepted(hex("E0 9F BF")) == 1);       // overlong, three octets
  CHECK(accepted(hex("F0 8F BF BF")) == 1);    // overlong, four octets
  CHECK(accepted(hex("ED A0 80")) == 1);       // surrogate
  CHECK(accepted(hex("F4 90 80 80")) == 1);    // over U+10FFFF
  CHECK(accepted(hex("F5")) == 0);             // far over
  CHECK(accepted(hex("80")) == 0);             // continuation alone
  CHECK(accepted(hex("F0 9F 98 41")) == 3);    // lead without its last continuation
  CHECK(accepted(hex("F0 9F 98 80 BF")) == 4); // one continuation too many
}

TEST_CASE("a text is accepted or refused alike however it is cut", "[RFC3629 §4]") {
  const std::string valid =
      "plain ascii, long enough for words; κόσμε ☃ \U0001F600 and on and on";
  for (const chunks& input : chunkings(valid))
    REQUIRE(accepts_in(input));
  for (const chunks& input : chunkings(valid + "\xED\xA0\x80 tail of some length"))
    REQUIRE_FALSE(accepts_in(input));
}

TEST_CASE("a wrong octet is found at every offset from a machine word", "[RFC3629 §4]") {
  for (std::size_t size = 1; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\xFF';
      REQUIRE_FALSE(is_valid_utf8(text));
      text[at] = 'b';
      REQUIRE(is_valid_utf8(text));
    }
  }
}

TEST_CASE("words of ASCII do not pass for the rest of a character", "[RFC3629 §4]") {
  utf8_validator validator;
  REQUIRE(validator.feed(as_octets(hex("61 C3"))));
  CHECK_FALSE(validator.feed(as_octets("sixteen letters.")));
}

TEST_CASE("a text that ends inside a character is not complete, and reset forgets it",
          "[RFC3629 §4]") {
  utf8_validator validator;
  CHECK(validator.complete());
  CHECK(validator.feed(as_octets(hex("61 C3"))));
  CHECK_FALSE(validator.complete());
  validator.reset();
  CHECK(validator.complete());
  CHECK(validator.feed(as_octets("a")));
  CHECK_FALSE(is_valid_utf8(hex("61 E2 98")));
}

TEST_CASE("after a failure nothing is accepted until reset", "[RFC3629 §4]") {
  utf8_validator validator;
  CHECK_FALSE(validator.feed(as_octets(hex("FF"))));
  CHECK_FALSE(validator.feed(as_octets("a")));
  CHECK_FALSE(validator.feed({}));
  CHECK_FALSE(validator.complete());
  validator.reset();
  CHECK(validator.feed(as_octets("a")));
}

TEST_CASE("the state of a validator is at most four octets") {
  STATIC_REQUIRE(sizeof(utf8_validator) <= 4);
}
