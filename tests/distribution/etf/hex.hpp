// Octets as hexadecimal digits, for tests.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tests {

/// Blanks are for the eye.
[[nodiscard]] inline std::string octets(std::string_view hexadecimal) {
  const auto digit = [](char each) {
    return std::string_view("0123456789abcdef").find(each);
  };
  std::string out;
  std::size_t high = std::string_view::npos;
  for (const auto each : hexadecimal) {
    const auto found = digit(each);
    if (found == std::string_view::npos)
      continue;
    if (high == std::string_view::npos) {
      high = found;
    } else {
      out += static_cast<char>(high * 16 + found);
      high = std::string_view::npos;
    }
  }
  return out;
}

[[nodiscard]] inline std::string hexadecimal(std::string_view octets) {
  std::string out;
  for (const auto each : octets) {
    const auto number = static_cast<unsigned char>(each);
    out += {"0123456789abcdef"[number >> 4U], "0123456789abcdef"[number & 15U]};
  }
  return out;
}

} // namespace tests
