// A checking scanner for JSON; what it takes is never nested by recursion.
#include "websock/channels/envelope/json_text.hpp"

#include "websock/channels/envelope/json.hpp"

#include <bitset>
#include <charconv>
#include <system_error>

namespace websock::channels {

namespace {

[[nodiscard]] bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// What a double cannot hold could not be made a value later.
[[nodiscard]] bool is_too_large(std::string_view number) noexcept {
  double value = 0;
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc::result_out_of_range)
    return false;
  const auto exponent = number.find_first_of("eE");
  const bool has_exponent = exponent != std::string_view::npos;
  if (has_exponent && number[exponent + 1] == '-')
    return false; // too small is zero
  const auto digits = number.substr(number.front() == '-' ? 1 : 0);
  return has_exponent || digits.front() != '0';
}

} // namespace

void json_cursor::skip_space() noexcept {
  for (char c = peek(); c == ' ' || c == '\n' || c == '\t' || c == '\r'; c = peek())
    ++position_;
}

bool json_cursor::take(char wanted) noexcept {
  skip_space();
  if (peek() != wanted || position_ >= text_.size())
    return false;
  ++position_;
  return true;
}

bool json_cursor::is_at_end() noexcept {
  skip_space();
  return position_ == text_.size();
}

// Goes through one value by its brackets; `is_object` tells for each open one which kind
// it is.
std::optional<std::string_view> json_cursor::take_value() {
  skip_space();
  const auto begin = position_;
  std::bitset<most_nested> is_object;
  std::size_t depth = 0;
  for (bool is_done = false; !is_done;) {
    const bool opens_object = take('{');
    if (opens_object || take('[')) {
      if (depth == most_nested)
        return std::nullopt;
      is_object[depth++] = opens_object;
      if (!take(opens_object ? '}' : ']')) {
        if (opens_object && !skip_key())
          return std::nullopt;
        continue;
      }
      --depth;
    } else if (!skip_scalar()) {
      return std::nullopt;
    }
    while (depth > 0 && !take(',')) {
      if (!take(is_object[depth - 1] ? '}' : ']'))
        return std::nullopt;
      --depth;
    }
    is_done = depth == 0;
    if (!is_done && is_object[depth - 1] && !skip_key())
      return std::nullopt;
  }
  return text_.substr(begin, position_ - begin);
}

bool json_cursor::skip_key() noexcept {
  skip_space();
  return skip_string() && take(':');
}

bool json_cursor::skip_scalar() noexcept {
  skip_space();
  switch (peek()) {
  case '"':
    return skip_string();
  case 't':
    return skip_word("true");
  case 'f':
    return skip_word("false");
  case 'n':
    return skip_word("null");
  default:
    return skip_number();
  }
}

bool json_cursor::skip_word(std::string_view word) noexcept {
  if (text_.substr(position_, word.size()) != word)
    return false;
  position_ += word.size();
  return true;
}

bool json_cursor::skip_digits() noexcept {
  const auto begin = position_;
  while (is_digit(peek()))
    ++position_;
  return position_ > begin;
}

bool json_cursor::skip_number() noexcept {
  constexpr std::size_t surely_small = 300; // digits without an exponent
  const auto begin = position_;
  if (peek() == '-')
    ++position_;
  if (peek() == '0')
    ++position_;
  else if (!skip_digits())
    return false;
  if (peek() == '.') {
    ++position_;
    if (!skip_digits())
      return false;
  }
  const bool has_exponent = peek() == 'e' || peek() == 'E';
  if (has_exponent) {
    ++position_;
    if (peek() == '+' || peek() == '-')
      ++position_;
    if (!skip_digits())
      return false;
  }
  const auto number = text_.substr(begin, position_ - begin);
  return (!has_exponent && number.size() < surely_small) || !is_too_large(number);
}

bool json_cursor::skip_string() noexcept {
  if (peek() != '"')
    return false;
  for (++position_; position_ < text_.size(); ++position_) {
    const auto c = static_cast<unsigned char>(text_[position_]);
    if (c == '"') {
      ++position_;
      return true;
    }
    if (c < 0x20 || (c == '\\' && !skip_escape()))
      return false;
  }
  return false;
}

// Stands on the backslash, and afterwards on the last character of the escape.
bool json_cursor::skip_escape() noexcept {
  ++position_;
  if (peek() != 'u')
    return position_ < text_.size()
           && std::string_view("\"\\/bfnrt").find(peek()) != std::string_view::npos;
  const int unit = take_unit();
  if (unit < 0 || (unit >= 0xDC00 && unit <= 0xDFFF))
    return false;
  if (unit < 0xD800 || unit > 0xDBFF)
    return true;
  // The first half of a surrogate pair.
  if (text_.substr(position_ + 1, 2) != "\\u")
    return false;
  position_ += 2;
  const int second = take_unit();
  return second >= 0xDC00 && second <= 0xDFFF;
}

// Stands on the u, and afterwards on the fourth digit; -1 if these are no four digits.
int json_cursor::take_unit() noexcept {
  const auto digits = text_.substr(position_ + 1, 4);
  int unit = -1;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
  if (error != std::errc() || end != digits.data() + 4 || digits.front() == '-')
    return -1;
  position_ += 4;
  return unit;
}

std::string unquoted(std::string_view literal) {
  if (literal.find('\\') == std::string_view::npos)
    return std::string(literal.substr(1, literal.size() - 2));
  return json::parse(literal).get<std::string>();
}

void append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out.append({'\\', c});
    else if (octet < 0x20)
      out.append({'\\', 'u', '0', '0', digits[octet >> 4U], digits[octet & 0x0FU]});
    else
      out += c;
  }
  out += '"';
}

} // namespace websock::channels
