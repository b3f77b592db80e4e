// The end of a line: RFC 9112 §2.2.
#pragma once

#include <string_view>

namespace websock::http {

inline constexpr std::string_view crlf = "\r\n";

/// The line without its end, also if that is incomplete.
[[nodiscard]] constexpr std::string_view without_end(std::string_view line) noexcept {
  if (line.ends_with('\n'))
    line.remove_suffix(1);
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  return line;
}

} // namespace websock::http
