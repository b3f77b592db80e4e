// Base64.
#include "websock/channels/envelope/base64.hpp"

#include <cstddef>
#include <cstdint>

namespace websock::channels {

namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view last_digits = "+/";
constexpr std::string_view last_digits_in_urls = "-_";

// The value of a digit of either alphabet; npos if it is none.
[[nodiscard]] std::size_t value_of(char digit) noexcept {
  for (const auto last : {last_digits, last_digits_in_urls})
    if (const auto found = last.find(digit); found != std::string_view::npos)
      return digits.size() + found;
  return digits.find(digit);
}

} // namespace

std::optional<std::string> base64_decoded(std::string_view text) {
  while (text.ends_with('='))
    text.remove_suffix(1);
  if (text.size() % 4 == 1)
    return std::nullopt;
  std::string octets;
  octets.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char each : text) {
    const auto value = value_of(each);
    if (value == std::string_view::npos)
      return std::nullopt;
    bits = (bits << 6U | static_cast<std::uint32_t>(value)) & 0xFFFFU;
    count += 6;
    if (count < 8)
      continue;
    count -= 8;
    octets += static_cast<char>(bits >> count & 0xFFU);
  }
  return octets;
}

std::string base64_url(std::string_view octets) {
  std::string text;
  text.reserve(octets.size() / 3 * 4 + 3);
  std::uint32_t bits = 0;
  unsigned count = 0;
  const auto append = [&text](std::uint32_t value) {
    text += value < digits.size() ? digits[value]
                                  : last_digits_in_urls[value - digits.size()];
  };
  for (const char each : octets) {
    bits = (bits << 8U | static_cast<unsigned char>(each)) & 0xFFFFU;
    for (count += 8; count >= 6;) {
      count -= 6;
      append(bits >> count & 0x3FU);
    }
  }
  if (count > 0)
    append(bits << (6 - count) & 0x3FU);
  return text;
}

} // namespace websock::channels
