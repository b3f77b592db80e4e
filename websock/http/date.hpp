// HTTP dates, RFC 9110 §5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace websock::http {

/// Formats a date in the form that is sent. The year must have four digits.
[[nodiscard]] std::string format_date(std::chrono::sys_seconds when);

/// Parses any of the three accepted forms; empty for anything else.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_date(std::string_view text);

/// RFC 9110 §6.6.1: the value of Date, formatted at most once a second.
class date_header {
public:
  /// Valid until the next call.
  [[nodiscard]] std::string_view at(std::chrono::system_clock::time_point now);

private:
  std::chrono::sys_seconds second_{};
  std::string text_;
};

} // namespace websock::http
