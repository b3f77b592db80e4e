// Content-Length and the chunked coding.
#include "websock/http/body_parser.hpp"

#include "websock/http/field_line.hpp"
#include "websock/http/line_end.hpp"
#include "websock/http/token.hpp"

#include <algorithm>
#include <charconv>

namespace websock::http {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdefABCDEF";
constexpr std::size_t most_digits = 16;          // of what 64 bits hold
constexpr std::size_t longest_size_line = 1'024; // with its extensions

constexpr head_error too_large{413, "RFC 9110 §15.5.14: the body is too large"};

// The line without the LF and CR that end it, as far as they have arrived.
} // namespace

body_parser::body_parser(const request& head, body_limits limits) noexcept
    : limits_(limits), left_(head.content_length()),
      section_(head.is_chunked() ? section::chunk_size : section::sized) {
  if (left_ > limits_.max_size)
    failed_ = too_large;
}

bool body_parser::is_framing() const noexcept {
  return section_ == section::chunk_size || section_ == section::chunk_end
         || section_ == section::trailers;
}

body_result body_parser::next(std::string_view& in) {
  while (!failed_ && is_framing() && !in.empty()) {
    const bool is_whole = gather_line(in);
    failed_ = check_line();
    if (failed_ || !is_whole)
      continue;
    const std::string_view line = line_;
    failed_ = read_line(line.substr(0, line.size() - crlf.size()));
    line_.clear();
  }
  if (failed_)
    return plain_status(failed_->status, std::string{failed_->why});
  if (section_ == section::end || (section_ == section::sized && left_ == 0))
    return body_end{};
  if (is_framing() || in.empty())
    return need_more{};
  return take_data(in);
}

body_data body_parser::take_data(std::string_view& in) noexcept {
  const auto octets =
      in.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size())));
  in.remove_prefix(octets.size());
  left_ -= octets.size();
  taken_ += octets.size();
  if (left_ == 0 && section_ == section::chunk)
    section_ = section::chunk_end;
  return {octets};
}

std::size_t body_parser::line_limit() const noexcept {
  switch (section_) {
  case section::trailers:
    return limits_.trailers.max_header_line;
  case section::chunk_end:
    return 0;
  default:
    return longest_size_line;
  }
}

// Takes the rest of the current line, but not much more than the limit allows.
bool body_parser::gather_line(std::string_view& in) {
  const std::size_t room = line_limit() + crlf.size() + 1 - line_.size();
  const std::string_view visible = in.substr(0, room);
  const std::size_t size = std::min(visible.find('\n'), visible.size() - 1) + 1;
  line_.append(visible.substr(0, size));
  in.remove_prefix(size);
  return line_.back() == '\n';
}

// Gives the same verdict on an incomplete line as on the whole one, so that the chunks do
// not matter.
verdict body_parser::check_line() const noexcept {
  const std::string_view line = line_;
  if (section_ == section::chunk_end)
    return crlf.starts_with(line)
               ? verdict{}
               : head_error{400, "RFC 9112 §7.1: a chunk is longer than its size"};
  if (section_ == section::trailers && !line.starts_with('\r')
      && trailers_ >= limits_.trailers.max_headers)
    return head_error{431, "too many trailer fields"};
  if (without_end(line).size() > line_limit())
    return section_ == section::trailers
               ? head_error{431, "trailer field too long"}
               : head_error{400, "RFC 9112 §7.1.1: chunk extension too long"};
  if (line.ends_with('\n') && !line.ends_with(crlf))
    return head_error{400, "RFC 9112 §2.2: line ends without CR"};
  return std::nullopt;
}

verdict body_parser::read_line(std::string_view line) {
  switch (section_) {
  case section::chunk_size:
    return read_size(line);
  case section::chunk_end:
    section_ = section::chunk_size;
    return std::nullopt;
  default:
    return read_trailer(line);
  }
}

// RFC 9112 §7.1: 1*HEXDIG, then extensions, which start with a semicolon.
verdict body_parser::read_size(std::string_view line) {
  const auto digits =
      line.substr(0, std::min(line.find_first_not_of(hex_digits), line.size()));
  if (digits.empty() || digits.size() > most_digits)
    return head_error{400, "RFC 9112 §7.1: invalid chunk size"};
  const auto extensions = line.substr(digits.size());
  if (!extensions.empty() && !trim(extensions).starts_with(';'))
    return head_error{400, "RFC 9112 §7.1: invalid chunk size"};
  ignored_ += extensions.size();
  if (!is_field_value(extensions) || ignored_ > max_extensions)
    return head_error{400, "RFC 9112 §7.1.1: invalid or too many chunk extensions"};
  static_cast<void>(
      std::from_chars(digits.data(), digits.data() + digits.size(), left_, 16));
  if (left_ > limits_.max_size - taken_)
    return too_large;
  section_ = left_ == 0 ? section::trailers : section::chunk;
  return std::nullopt;
}

// RFC 9112 §7.1.2: nothing here needs a trailer field, so each is dropped.
verdict body_parser::read_trailer(std::string_view line) {
  if (line.empty()) {
    section_ = section::end;
    return std::nullopt;
  }
  ++trailers_;
  const auto read = read_field_line(line);
  const auto* why = std::get_if<head_error>(&read);
  return why != nullptr ? verdict{*why} : std::nullopt;
}

} // namespace websock::http
