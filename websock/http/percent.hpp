// Percent-encoding of URI components, RFC 3986 §2.1, and of query strings, in which a
// plus means a space.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace websock::http {

/// Decodes `%XX`; empty if an escape is malformed.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

/// Like `percent_decode`, but a plus becomes a space (application/x-www-form-urlencoded).
[[nodiscard]] std::optional<std::string> form_decode(std::string_view text);

/// Encodes everything but RFC 3986 §2.3's unreserved characters as `%XX`.
[[nodiscard]] std::string percent_encode(std::string_view text);

} // namespace websock::http
