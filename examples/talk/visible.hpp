// Makes untrusted text safe to print on a terminal.
#pragma once

#include "websock/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace talk {

/// The size in octets of the UTF-8 character at the start of `text`; 0 if it is invalid.
[[nodiscard]] inline std::size_t size_of_character(std::string_view text) noexcept {
  for (std::size_t size = 1; size <= 4 && size <= text.size(); ++size)
    if (websock::protocol::is_valid_utf8(text.substr(0, size)))
      return size;
  return 0;
}

/// `character` is one valid character.
[[nodiscard]] inline std::uint32_t code_point_of(std::string_view character) noexcept {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1)
    return first;
  std::uint32_t point = first & (0xFFU >> (character.size() + 1));
  for (const char each : character.substr(1))
    point = point << 6U | (static_cast<unsigned char>(each) & 0x3FU);
  return point;
}

/// Whether a character controls the terminal, starts a line, changes the direction of
/// text, or is invisible. Joiners do not count: words and emoji use them.
[[nodiscard]] inline bool is_control(std::uint32_t point) noexcept {
  const auto within = [point](std::uint32_t first, std::uint32_t last) {
    return point >= first && point <= last;
  };
  return (point < 0x20 && point != '\t') || within(0x7F, 0x9F) || point == 0xAD
         || point == 0x61C || point == 0x200B || within(0x200E, 0x200F)
         || within(0x2028, 0x202E) || within(0x2060, 0x206F) || point == 0xFEFF;
}

[[nodiscard]] inline std::string hexadecimal(std::uint32_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (; value > 0 || text.size() < 2; value >>= 4U)
    text.insert(text.begin(), digits[value & 0xFU]);
  return text;
}

/// `text` with control characters written as `\x1b` and `\u{202e}`, and octets of invalid
/// UTF-8 as `\xff`.
[[nodiscard]] inline std::string visible(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const auto size = size_of_character(text);
    const auto character = text.substr(0, size == 0 ? 1 : size);
    text.remove_prefix(character.size());
    const auto point = code_point_of(character);
    if (size == 0 || (is_control(point) && point < 0x80))
      shown.append("\\x").append(hexadecimal(point));
    else if (is_control(point))
      shown.append("\\u{").append(hexadecimal(point)).append("}");
    else
      shown += character;
  }
  return shown;
}

} // namespace talk
