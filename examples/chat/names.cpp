// Rules for names, rooms and lines.
#include "examples/chat/names.hpp"

#include "websock/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace chat {

namespace {

struct range {
  char32_t first;
  char32_t last;
};

// Unicode's format characters (Cf) and others that render as nothing: joiners, fillers,
// variation selectors, the blank Braille pattern.
constexpr auto unseen = std::to_array<range>({
    {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x0600, 0x0605},   {0x061C, 0x061C},
    {0x06DD, 0x06DD},   {0x070F, 0x070F},   {0x0890, 0x0891},   {0x08E2, 0x08E2},
    {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},
    {0x202A, 0x202E},   {0x2060, 0x206F},   {0x2800, 0x2800},   {0x3164, 0x3164},
    {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},
    {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
});

constexpr auto spaces = std::to_array<range>({
    {0x09, 0x0D},
    {0x20, 0x20},
    {0x85, 0x85},
    {0xA0, 0xA0},
    {0x1680, 0x1680},
    {0x2000, 0x200A},
    {0x2028, 0x2029},
    {0x202F, 0x202F},
    {0x205F, 0x205F},
    {0x3000, 0x3000},
});

template <std::size_t Size>
[[nodiscard]] bool is_in(char32_t what, const std::array<range, Size>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const range& each) {
    return what >= each.first && what <= each.last;
  });
}

[[nodiscard]] bool leads(char octet) {
  return (static_cast<unsigned char>(octet) & 0xC0U) != 0x80U;
}

/// The first character of valid UTF-8, in octets.
[[nodiscard]] std::string_view first_of(std::string_view text) {
  const auto* const end = std::find_if(text.begin() + 1, text.end(), leads);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

[[nodiscard]] char32_t code_point_of(std::string_view octets) {
  const auto lead = static_cast<unsigned char>(octets.front());
  if (octets.size() == 1)
    return lead;
  char32_t value = lead & (0x7FU >> octets.size());
  for (const char each : octets.substr(1))
    value = (value << 6U) | (static_cast<unsigned char>(each) & 0x3FU);
  return value;
}

[[nodiscard]] std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), leads));
}

[[nodiscard]] bool is_text(std::string_view text, std::size_t longest) {
  return websock::protocol::is_valid_utf8(text) && !is_blank(text)
         && code_points(text) <= longest;
}

} // namespace

std::string clean_name(std::string_view text) {
  if (!websock::protocol::is_valid_utf8(text))
    return std::string(text);
  std::string clean;
  bool is_space_due = false;
  while (!text.empty()) {
    const auto octets = first_of(text);
    text.remove_prefix(octets.size());
    const auto what = code_point_of(octets);
    if (is_in(what, spaces)) {
      is_space_due = !clean.empty();
    } else if (!is_in(what, unseen)) {
      clean.append(is_space_due ? " " : "").append(octets);
      is_space_due = false;
    }
  }
  return clean;
}

bool is_name(std::string_view text) {
  return is_text(text, 30) && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
         });
}

bool is_room(std::string_view text) {
  return is_text(text, 40) && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'
                  || c == ' ';
         });
}

bool is_line(std::string_view text) {
  return is_text(text, 2'000);
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 64
         && std::all_of(text.begin(), text.end(), [](char c) {
              return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                     || (c >= '0' && c <= '9') || c == '-' || c == '_';
            });
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

} // namespace chat
