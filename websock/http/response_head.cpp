// Parses the head of a response octet by octet: the status line, then field lines.
#include "websock/http/response_head.hpp"

#include "websock/http/characters.hpp"
#include "websock/http/token.hpp"

#include <utility>

namespace websock::http {

namespace {

constexpr bad_response bad_status_line{"RFC 9112 §4: invalid status line"};
constexpr bad_response bad_name{"RFC 9112 §5.1: invalid header field name"};
constexpr bad_response bad_value{"RFC 9110 §5.5: invalid header field value"};

} // namespace

std::vector<std::string_view> response_head::values(std::string_view name) const {
  std::vector<std::string_view> found;
  for (const auto& [key, value] : headers)
    if (equal_ignoring_case(key, name))
      found.push_back(value);
  return found;
}

bool response_head::has_token(std::string_view name, std::string_view token) const {
  for (std::string_view list : values(name))
    while (const auto element = take_list_element(list))
      if (equal_ignoring_case(*element, token))
        return true;
  return false;
}

response_head_result response_head_parser::feed(std::string_view& in) {
  while (!in.empty()) {
    if (room_ == 0)
      return bad_response{"the head of the answer is too long"};
    --room_;
    const char c = in.front();
    in.remove_prefix(1);
    if (const auto bad = take(c))
      return *bad;
    if (section_ == section::end)
      return finish();
  }
  return incomplete_response{};
}

response_head_parser::verdict response_head_parser::take(char c) {
  switch (section_) {
  case section::version:
    return take_version(c);
  case section::status:
    return take_status(c);
  case section::after_status:
    return take_after_status(c);
  case section::reason:
    return take_reason(c);
  case section::line:
    return take_line(c);
  case section::name:
    return take_name(c);
  case section::value:
    return take_value(c);
  case section::before_value:
    return take_before_value(c);
  case section::status_end:
  case section::value_end:
    return take_line_feed(c, section::line);
  default:
    return take_line_feed(c, section::end);
  }
}

// RFC 9112 §4: HTTP-version SP status-code SP [ reason-phrase ].
response_head_parser::verdict response_head_parser::take_version(char c) {
  constexpr std::string_view version = "HTTP/1.";
  const std::size_t position = digits_++;
  if (position < version.size())
    return c == version[position] ? verdict{} : bad_status_line;
  if (position == version.size()) {
    is_http_1_0_ = c == '0';
    return is_digit(c) ? verdict{} : bad_status_line;
  }
  section_ = section::status;
  digits_ = 0;
  return c == ' ' ? verdict{} : bad_status_line;
}

response_head_parser::verdict response_head_parser::take_status(char c) {
  if (!is_digit(c) || (digits_ == 0 && (c < '1' || c > '5')))
    return bad_status_line;
  head_.status = head_.status * 10 + (c - '0');
  if (++digits_ < 3)
    return std::nullopt;
  section_ = section::after_status;
  // RFC 9110 §7.8: HTTP/1.0 has no upgrade.
  if (is_http_1_0_ && head_.status == 101)
    return bad_response{"RFC 6455 §4.1: the answer is not HTTP/1.1"};
  return std::nullopt;
}

// Some servers omit the space, and nothing depends on it.
response_head_parser::verdict response_head_parser::take_after_status(char c) {
  section_ = c == '\r' ? section::status_end : section::reason;
  return c == '\r' || c == ' ' ? verdict{} : bad_status_line;
}

response_head_parser::verdict response_head_parser::take_reason(char c) {
  if (c == '\r') {
    section_ = section::status_end;
    return std::nullopt;
  }
  head_.reason += c;
  return is_value_char(c) ? verdict{} : bad_status_line;
}

response_head_parser::verdict response_head_parser::take_line(char c) {
  if (is_space(c))
    return begin_fold();
  if (c == '\r') {
    section_ = section::blank_line;
    return std::nullopt;
  }
  head_.headers.emplace_back();
  section_ = section::name;
  return take_name(c);
}

// RFC 9112 §5.2: a user agent replaces each fold by a space. §2.2: before the first
// header there is nothing to continue.
response_head_parser::verdict response_head_parser::begin_fold() {
  if (head_.headers.empty())
    return bad_response{"RFC 9112 §2.2: white space before the first header field"};
  auto& value = head_.headers.back().second;
  value.resize(trim(value).size()); // without trailing space before the fold
  if (!value.empty())
    value += ' ';
  section_ = section::before_value;
  return std::nullopt;
}

response_head_parser::verdict response_head_parser::take_name(char c) {
  auto& name = head_.headers.back().first;
  if (c == ':' && !name.empty()) {
    section_ = section::before_value;
    return std::nullopt;
  }
  name += c;
  return is_token_char(c) ? verdict{} : bad_name;
}

response_head_parser::verdict response_head_parser::take_before_value(char c) {
  if (is_space(c))
    return std::nullopt;
  section_ = section::value;
  return take_value(c);
}

response_head_parser::verdict response_head_parser::take_value(char c) {
  auto& value = head_.headers.back().second;
  if (c == '\r') {
    section_ = section::value_end;
    value.resize(trim(value).size());
    return std::nullopt;
  }
  value += c;
  return is_value_char(c) ? verdict{} : bad_value;
}

response_head_parser::verdict response_head_parser::take_line_feed(char c, section next) {
  section_ = next;
  return c == '\n' ? verdict{} : bad_response{"RFC 9112 §2.2: a CR without LF"};
}

response_head_result response_head_parser::finish() {
  section_ = section::version;
  digits_ = 0;
  head_.reason = std::string(trim(head_.reason));
  return std::exchange(head_, {});
}

} // namespace websock::http
