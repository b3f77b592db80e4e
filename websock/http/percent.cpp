// Percent-encoding and -decoding.

#include "websock/http/percent.hpp"

#include <cstddef>

namespace websock::http {

namespace {

// The value of a hexadecimal digit, or -1.
int digit(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// The octet that the escape at `position` stands for, or -1.
int escaped(std::string_view text, std::size_t position) noexcept {
  if (text.size() - position < 3)
    return -1;
  const int high = digit(text[position + 1]);
  const int low = digit(text[position + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::optional<std::string> decode(std::string_view text, char plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i] == '+' ? plus : text[i]);
      continue;
    }
    const int octet = escaped(text, i);
    if (octet < 0)
      return std::nullopt;
    decoded.push_back(static_cast<char>(octet));
    i += 2;
  }
  return decoded;
}

} // namespace

std::optional<std::string> percent_decode(std::string_view text) {
  return decode(text, '+');
}

std::optional<std::string> form_decode(std::string_view text) {
  return decode(text, ' ');
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view unreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (unreserved.find(c) != std::string_view::npos)
      encoded += c;
    else
      encoded.append({'%', digits[octet >> 4U], digits[octet & 0x0FU]});
  }
  return encoded;
}

} // namespace websock::http
