// The head of a response: the status line, then field lines.
#include "websock/http/response_head.hpp"

#include "websock/http/token.hpp"

#include <algorithm>

namespace websock::http {

namespace {

constexpr std::string_view crlf = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";

[[nodiscard]] bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// RFC 9112 §4: HTTP-version SP status-code SP [ reason-phrase ]. The last space is
// missing in some servers' answers, and nothing hangs on it.
[[nodiscard]] std::optional<bad_response> read_status_line(std::string_view line,
                                                           response_head& into) {
  if (line.size() < 12 || !line.starts_with("HTTP/1.") || !is_digit(line[7])
      || line[8] != ' ' || !std::all_of(line.begin() + 9, line.begin() + 12, is_digit))
    return bad_response{"RFC 9112 §4: invalid status line"};
  // RFC 9110 §7.8: HTTP/1.0 knows no upgrade.
  if (line[7] == '0')
    return bad_response{"RFC 6455 §4.1: the answer is not HTTP/1.1"};
  into.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  line.remove_prefix(12);
  if (into.status < 100 || into.status > 599 || (!line.empty() && line[0] != ' ')
      || !is_field_value(line))
    return bad_response{"RFC 9112 §4: invalid status line"};
  into.reason = trim(line);
  return std::nullopt;
}

[[nodiscard]] std::optional<bad_response> read_field(std::string_view line,
                                                     response_head& into) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return bad_response{"RFC 9112 §5.1: invalid header field name"};
  const auto value = trim(line.substr(colon + 1));
  if (!is_field_value(value))
    return bad_response{"RFC 9110 §5.5: invalid header field value"};
  into.headers.emplace_back(line.substr(0, colon), value);
  return std::nullopt;
}

// `text` ends with the CRLF of its last line.
[[nodiscard]] response_head_result read_head(std::string_view text) {
  response_head head;
  const std::size_t end = text.find(crlf);
  if (const auto bad = read_status_line(text.substr(0, end), head))
    return *bad;
  text.remove_prefix(end + crlf.size());
  while (!text.empty()) {
    const auto line = text.substr(0, text.find(crlf));
    if (const auto bad = read_field(line, head))
      return *bad;
    text.remove_prefix(line.size() + crlf.size());
  }
  return head;
}

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
  const std::size_t seen = text_.size();
  const auto taken = in.substr(0, room_);
  text_.append(taken);
  const std::size_t end =
      text_.find(head_end, seen - std::min(seen, head_end.size() - 1));
  if (end == std::string::npos) {
    room_ -= taken.size();
    in.remove_prefix(taken.size());
    if (room_ == 0 && !in.empty())
      return bad_response{"the head of the answer is too long"};
    return incomplete_response{};
  }
  const std::size_t used = end + head_end.size() - seen;
  room_ -= used;
  in.remove_prefix(used);
  text_.resize(end + crlf.size());
  const std::string whole = std::exchange(text_, {});
  return read_head(whole);
}

} // namespace websock::http
