#include "notation.hpp"

#include "utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>

namespace websock::runtime::etf::detail {

namespace {

// Of OTP 25 to 27.
constexpr std::array<std::string_view, 28> reserved_words{
    "after", "and",    "andalso", "band", "begin", "bnot", "bor",
    "bsl",   "bsr",    "bxor",    "case", "catch", "cond", "div",
    "end",   "fun",    "if",      "let",  "maybe", "not",  "of",
    "or",    "orelse", "receive", "rem",  "try",   "when", "xor"};

bool is_lower(std::uint32_t code) {
  return (code >= 'a' && code <= 'z') || (code >= 0xDF && code <= 0xFF && code != 0xF7);
}

bool is_name_character(std::uint32_t code) {
  return is_lower(code) || (code >= 'A' && code <= 'Z') || (code >= '0' && code <= '9')
         || code == '_' || code == '@' || (code >= 0xC0 && code <= 0xDE && code != 0xD7);
}

// Calls visit(character, its octets) for each character, which must be UTF-8.
template <class Visit>
bool each_character(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const auto next = first_character(text);
    if (!next || !visit(next->code, text.substr(0, next->octets)))
      return false;
    text.remove_prefix(next->octets);
  }
  return true;
}

bool is_bare(std::string_view name) {
  if (std::find(reserved_words.begin(), reserved_words.end(), name)
      != reserved_words.end())
    return false;
  const auto first = name.empty() ? std::nullopt : first_character(name);
  return first && is_lower(first->code)
         && each_character(name, [](std::uint32_t code, std::string_view) {
              return is_name_character(code);
            });
}

char letter_of_escape(std::uint32_t code) {
  constexpr std::string_view letters = "btnvfr"; // 8 to 13
  if (code >= 8 && code <= 13)
    return letters[code - 8];
  return code == 27 ? 'e' : '\0';
}

bool is_printable(std::uint32_t code) {
  return (code >= 32 && code < 127) || code >= 160 || letter_of_escape(code) != '\0';
}

void append_escaped(std::string& out, std::uint32_t code, std::string_view octets,
                    char quote) {
  const auto octal = [code](unsigned shift) {
    return static_cast<char>('0' + (code >> shift & 7U));
  };
  if (const auto letter = letter_of_escape(code); letter != '\0')
    out += {'\\', letter};
  else if (code == 127)
    out += "\\d";
  else if (!is_printable(code))
    out += {'\\', octal(6), octal(3), octal(0)};
  else if (code == '\\' || code == static_cast<std::uint32_t>(quote))
    out += {'\\', static_cast<char>(code)};
  else
    out += octets;
}

void append_quoted(std::string& out, std::string_view text, char quote) {
  out += quote;
  each_character(text, [&](std::uint32_t code, std::string_view octets) {
    append_escaped(out, code, octets, quote);
    return true;
  });
  out += quote;
}

bool is_printable_text(std::string_view text) {
  return each_character(
      text, [](std::uint32_t code, std::string_view) { return is_printable(code); });
}

struct decimal {
  std::string digits; // "12" of 1.2e-4
  int exponent;       // of the first digit
};

decimal shortest(double magnitude) {
  std::array<char, 64> room{};
  const auto written = std::to_chars(room.data(), room.data() + room.size(), magnitude,
                                     std::chars_format::scientific);
  const std::string_view text(room.data(),
                              static_cast<std::size_t>(written.ptr - room.data()));
  const auto e = text.find('e');
  decimal found{std::string(text.substr(0, e)), std::atoi(text.data() + e + 1)};
  std::erase(found.digits, '.');
  return found;
}

std::string scientific(const decimal& number) {
  const auto rest = number.digits.substr(1);
  return number.digits.substr(0, 1) + '.' + (rest.empty() ? "0" : rest) + 'e'
         + std::to_string(number.exponent);
}

std::string plain(const decimal& number) {
  auto digits = number.digits;
  if (number.exponent < 0)
    return "0." + std::string(static_cast<std::size_t>(-number.exponent - 1), '0')
           + digits;
  const auto before = static_cast<std::size_t>(number.exponent) + 1;
  if (digits.size() <= before)
    return digits.append(before - digits.size(), '0') + ".0";
  return digits.insert(before, 1, '.');
}

} // namespace

void append_atom(std::string& out, std::string_view name) {
  if (is_bare(name))
    out += name;
  else
    append_quoted(out, name, '\'');
}

void append_string(std::string& out, std::string_view latin1) {
  const auto text = from_latin1(latin1);
  if (!text.empty() && is_printable_text(text))
    return append_quoted(out, text, '"');
  out += '[';
  append_octets(out, latin1);
  out += ']';
}

void append_binary(std::string& out, std::string_view octets) {
  out += "<<";
  if (!octets.empty() && is_printable_text(octets)) {
    append_quoted(out, octets, '"');
    out += is_ascii(octets) ? "" : "/utf8";
  } else {
    append_octets(out, octets);
  }
  out += ">>";
}

void append_octets(std::string& out, std::string_view octets) {
  bool is_first = true;
  for (const auto each : octets) {
    out += is_first ? "" : ",";
    out += std::to_string(static_cast<std::uint8_t>(each));
    is_first = false;
  }
}

void append_float(std::string& out, double number) {
  constexpr double integers_end = 9007199254740992.0; // 2^53
  const auto magnitude = std::abs(number);
  const auto digits = shortest(magnitude);
  const auto with_exponent = scientific(digits);
  out += std::signbit(number) ? "-" : "";
  if (magnitude >= integers_end || std::abs(digits.exponent) > 20) {
    out += with_exponent;
    return;
  }
  const auto without = plain(digits);
  out += without.size() <= with_exponent.size() ? without : with_exponent;
}

} // namespace websock::runtime::etf::detail
