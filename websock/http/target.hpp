// The request target, RFC 9112 §3.2: origin-form and absolute-form, split into path and
// query.
#pragma once

#include <optional>
#include <string_view>

namespace websock::http {

/// Points into the target, still percent-encoded. The path starts with '/'.
struct target_parts {
  std::string_view path;
  std::string_view query;
};

/// RFC 9112 §3.2.4: the target of an OPTIONS about the whole server.
inline constexpr std::string_view whole_server = "*";

/// Empty for forms without a path (`*`, authority), illegal characters, malformed escapes
/// in the path, and an escaped NUL.
[[nodiscard]] std::optional<target_parts> split_target(std::string_view target);

} // namespace websock::http
