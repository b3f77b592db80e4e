// Classes of characters that several parsers know.
#pragma once

namespace websock::http {

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr bool is_alphanumeric(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// RFC 9110 §5.6.3: optional white space.
[[nodiscard]] constexpr bool is_space(char c) noexcept {
  return c == ' ' || c == '\t';
}

/// RFC 9110 §5.5: what a field value may contain; octets over 0x7F as well.
[[nodiscard]] constexpr bool is_value_char(char c) noexcept {
  const auto octet = static_cast<unsigned char>(c);
  return c == '\t' || (octet >= 0x20 && octet != 0x7F);
}

} // namespace websock::http
