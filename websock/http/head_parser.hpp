// Reads a request head from a stream cut at any position, strictly, within limits. RFC
// 9112. Does not read the body.
#pragma once

#include "websock/http/head_error.hpp"
#include "websock/http/head_limits.hpp"
#include "websock/http/request.hpp"
#include "websock/http/response.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace websock::http {

struct need_more {};

/// `response` is the error to send before closing.
using head_result = std::variant<need_more, request, response>;

/// Looks at each octet once, whatever the chunks. After a request it starts over with the
/// next head; after an error every call returns the same error.
class head_parser {
public:
  head_parser() = default;
  explicit head_parser(head_limits limits) noexcept : limits_(limits) {}

  /// Consumes up to and including the blank line; the rest stays in `in`.
  [[nodiscard]] head_result feed(std::string_view& in);

  /// True if a head is incomplete.
  [[nodiscard]] bool is_mid_head() const noexcept { return !text_.empty(); }

private:
  enum class section : std::uint8_t { start, request_line, fields, end };

  [[nodiscard]] bool gather_line(std::string_view& in);
  [[nodiscard]] verdict read_line();
  [[nodiscard]] verdict check_limits() const noexcept;
  [[nodiscard]] verdict read_request_line(std::string_view line);
  [[nodiscard]] verdict read_start(std::string_view line);
  [[nodiscard]] verdict read_version(std::string_view version);
  [[nodiscard]] verdict read_field(std::string_view line);
  [[nodiscard]] head_result finish();
  [[nodiscard]] head_result fail() const;
  [[nodiscard]] std::size_t line_limit() const noexcept;
  [[nodiscard]] head_layout::range range_of(std::string_view part) const noexcept;

  head_limits limits_;
  std::string text_;           // the head so far
  std::size_t line_begin_ = 0; // where the current line begins in text_
  head_layout layout_;
  section section_ = section::start;
  verdict failed_;
};

} // namespace websock::http
