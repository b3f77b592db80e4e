// Which characters are escaped.
#include "visible.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace websock::runtime {

namespace {

struct character {
  std::size_t size; // in octets; 0: the octet is not part of a valid character
  char32_t point;
};

[[nodiscard]] std::uint8_t octet(char c) noexcept {
  return static_cast<std::uint8_t>(c);
}

/// The length that a first octet announces, and the lowest code point of that length.
struct form {
  std::size_t size;
  char32_t least;
};

[[nodiscard]] form form_of(std::uint8_t first) noexcept {
  if (first < 0x80)
    return {1, 0};
  if (first >= 0xC2 && first < 0xE0)
    return {2, 0x80};
  if (first >= 0xE0 && first < 0xF0)
    return {3, 0x800};
  if (first >= 0xF0 && first < 0xF5)
    return {4, 0x10000};
  return {0, 0};
}

// RFC 3629 §3.
[[nodiscard]] character first_of(std::string_view text) noexcept {
  const auto first = octet(text.front());
  const auto [size, least] = form_of(first);
  if (size <= 1)
    return {size, first};
  if (size > text.size())
    return {0, first};
  char32_t point = first & (0xFFU >> (size + 1));
  for (const char next : text.substr(1, size - 1)) {
    if ((octet(next) & 0xC0U) != 0x80)
      return {0, first};
    point = point << 6U | (octet(next) & 0x3FU);
  }
  const bool is_surrogate = point >= 0xD800 && point < 0xE000;
  if (point < least || point > 0x10FFFF || is_surrogate)
    return {0, first};
  return {size, point};
}

struct range {
  char32_t first;
  char32_t last;
};

// Unicode's general categories Cc, Cf, Zl and Zp, sorted.
constexpr std::array unseen{
    range{0x00, 0x1F},       range{0x7F, 0x9F},       range{0xAD, 0xAD},
    range{0x600, 0x605},     range{0x61C, 0x61C},     range{0x6DD, 0x6DD},
    range{0x70F, 0x70F},     range{0x890, 0x891},     range{0x8E2, 0x8E2},
    range{0x180E, 0x180E},   range{0x200B, 0x200F},   range{0x2028, 0x202E},
    range{0x2060, 0x206F},   range{0xFEFF, 0xFEFF},   range{0xFFF9, 0xFFFB},
    range{0x110BD, 0x110BD}, range{0x110CD, 0x110CD}, range{0x13430, 0x1343F},
    range{0x1BCA0, 0x1BCA3}, range{0x1D173, 0x1D17A}, range{0xE0001, 0xE007F},
};

[[nodiscard]] bool is_unseen(char32_t point) noexcept {
  const auto* const found =
      std::lower_bound(unseen.begin(), unseen.end(), point,
                       [](const range& each, char32_t p) { return each.last < p; });
  return found != unseen.end() && found->first <= point;
}

[[nodiscard]] std::string hexadecimal(char32_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (; value > 0 || text.size() < 2; value >>= 4U)
    text.insert(text.begin(), digits[value & 0xFU]);
  return text;
}

void append(std::string& out, std::string_view as_it_is, const character& decoded) {
  if (decoded.size == 0 || (decoded.size == 1 && is_unseen(decoded.point)))
    out.append("\\x").append(hexadecimal(decoded.point));
  else if (is_unseen(decoded.point))
    out.append("\\u{").append(hexadecimal(decoded.point)).append("}");
  else if (decoded.point == U'\\')
    out += "\\\\";
  else
    out += as_it_is;
}

} // namespace

std::string visible(std::string_view text, std::size_t most) {
  std::string shown;
  shown.reserve(std::min(text.size(), most));
  while (!text.empty()) {
    const auto next = first_of(text);
    const auto as_it_is = text.substr(0, std::max<std::size_t>(next.size, 1));
    const auto before = shown.size();
    append(shown, as_it_is, next);
    if (shown.size() > most) {
      shown.resize(before);
      return shown + "... (" + std::to_string(text.size()) + " octets more)";
    }
    text.remove_prefix(as_it_is.size());
  }
  return shown;
}

} // namespace websock::runtime
