// The head parser: collects one line at a time and checks it once it is complete.

#include "websock/http/head_parser.hpp"

#include "websock/http/characters.hpp"
#include "websock/http/field_line.hpp"
#include "websock/http/framing.hpp"
#include "websock/http/line_end.hpp"
#include "websock/http/target.hpp"
#include "websock/http/token.hpp"

#include <algorithm>
#include <utility>

namespace websock::http {

namespace {

// Enough for most heads, allocated once (bench: churn).
constexpr std::size_t usual_head = 512;
constexpr std::size_t usual_fields = 8;

// RFC 9112 §3.2.3, §3.2.4: two methods each have their own form of target.
verdict check_target(std::string_view method, std::string_view target) {
  if (method == "CONNECT")
    return head_error{501, "RFC 9110 §9.3.6: no tunnels are built here"};
  if ((method == "OPTIONS" && target == whole_server) || split_target(target))
    return std::nullopt;
  return head_error{400, "RFC 9112 §3.2: invalid target"};
}

// The line without the LF and CR that end it, as far as they have arrived.
} // namespace

head_result head_parser::feed(std::string_view& in) {
  while (!failed_ && section_ != section::end && !in.empty()) {
    const bool is_whole = gather_line(in);
    failed_ = check_limits();
    if (!failed_ && is_whole)
      failed_ = read_line();
  }
  if (failed_)
    return fail();
  return section_ == section::end ? finish() : head_result{need_more{}};
}

std::size_t head_parser::line_limit() const noexcept {
  return section_ == section::fields ? limits_.max_header_line : limits_.max_request_line;
}

// Takes the rest of the current line, but not much more than the limit allows.
bool head_parser::gather_line(std::string_view& in) {
  const std::size_t room = line_limit() + crlf.size() + 1 - (text_.size() - line_begin_);
  const std::string_view visible = in.substr(0, room);
  const std::size_t size = std::min(visible.find('\n'), visible.size() - 1) + 1;
  if (text_.empty())
    text_.reserve(std::min(in.size(), usual_head));
  text_.append(visible.substr(0, size));
  in.remove_prefix(size);
  return text_.back() == '\n';
}

// Gives the same verdict on an incomplete line as on the whole one, so that the chunks do
// not matter.
verdict head_parser::check_limits() const noexcept {
  const auto line = std::string_view{text_}.substr(line_begin_);
  const bool is_blank = line.starts_with('\r');
  if (section_ == section::fields && !is_blank
      && layout_.fields.size() >= limits_.max_headers)
    return head_error{431, "too many header fields"};
  if (without_end(line).size() <= line_limit())
    return std::nullopt;
  if (section_ == section::fields)
    return head_error{431, "header field too long"};
  return head_error{414, "request line too long"};
}

verdict head_parser::read_line() {
  const auto line = std::string_view{text_}.substr(line_begin_);
  line_begin_ = text_.size();
  if (!line.ends_with(crlf))
    return head_error{400, "RFC 9112 §2.2: line ends without CR"};
  switch (section_) {
  case section::start:
    return read_start(without_end(line));
  case section::request_line:
    return read_request_line(without_end(line));
  default:
    return read_field(without_end(line));
  }
}

// RFC 9112 §2.2: ignores one empty line before the request line.
verdict head_parser::read_start(std::string_view line) {
  section_ = section::request_line;
  return line.empty() ? std::nullopt : read_request_line(line);
}

// RFC 9112 §3: method SP request-target SP HTTP-version.
verdict head_parser::read_request_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == last || !is_token(line.substr(0, first)))
    return head_error{400, "RFC 9112 §3: invalid request line"};
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  layout_.method = range_of(method);
  layout_.target = range_of(target);
  section_ = section::fields;
  layout_.fields.reserve(usual_fields);
  if (const verdict why = read_version(line.substr(last + 1)))
    return why;
  return check_target(method, target);
}

// RFC 9112 §2.3: HTTP "/" DIGIT "." DIGIT, in capitals.
verdict head_parser::read_version(std::string_view version) {
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5])
      || version[6] != '.' || !is_digit(version[7]))
    return head_error{400, "RFC 9112 §2.3: invalid version"};
  if (version[5] != '1')
    return head_error{505, "RFC 9110 §15.6.6: only HTTP/1 is spoken here"};
  layout_.version_minor = version[7] - '0';
  return std::nullopt;
}

verdict head_parser::read_field(std::string_view line) {
  if (line.empty()) {
    section_ = section::end;
    return std::nullopt;
  }
  auto read = read_field_line(line);
  if (const auto* why = std::get_if<head_error>(&read))
    return *why;
  const auto& [name, value] = std::get<field>(read);
  layout_.fields.push_back({range_of(name), range_of(value)});
  return std::nullopt;
}

head_result head_parser::finish() {
  request head{std::exchange(text_, {}), std::exchange(layout_, {})};
  line_begin_ = 0;
  section_ = section::start;
  failed_ = check_framing(head);
  if (failed_)
    return fail();
  return head;
}

head_result head_parser::fail() const {
  return plain_status(failed_->status, std::string{failed_->why});
}

head_layout::range head_parser::range_of(std::string_view part) const noexcept {
  return {static_cast<std::size_t>(part.data() - text_.data()), part.size()};
}

} // namespace websock::http
