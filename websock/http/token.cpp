// Character classes of HTTP fields, and splitting lists.

#include "websock/http/token.hpp"

#include "websock/http/characters.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace websock::http {

namespace {

constexpr std::string_view token_symbols = "!#$%&'*+-.^_`|~";

// Indexed by octet (bench: churn).
constexpr auto token_chars = [] {
  std::array<bool, 256> is_one{};
  for (std::size_t octet = 0; octet < is_one.size(); ++octet) {
    const auto c = static_cast<char>(octet);
    is_one[octet] = is_alphanumeric(c) || token_symbols.find(c) != std::string_view::npos;
  }
  return is_one;
}();

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// RFC 9110 §5.6.4: inside quotes a backslash escapes the next character.
std::size_t find_comma(std::string_view list) noexcept {
  bool is_quoted = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == '"')
      is_quoted = !is_quoted;
    else if (is_quoted && list[i] == '\\')
      ++i;
    else if (!is_quoted && list[i] == ',')
      return i;
  }
  return list.size();
}

} // namespace

bool is_token_char(char c) noexcept {
  return token_chars[static_cast<unsigned char>(c)];
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_field_value(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), is_value_char);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

std::optional<std::string_view> take_list_element(std::string_view& list) noexcept {
  while (!list.empty()) {
    const std::size_t end = find_comma(list);
    const std::string_view element = trim(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (!element.empty())
      return element;
  }
  return std::nullopt;
}

} // namespace websock::http
