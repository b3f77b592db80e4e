// Cookies: what a request brings, and what a response sets. RFC 6265.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace websock::http {

/// The value of the first cookie of this name in a Cookie header, octets as they are,
/// quotes included. Browsers send the one with the most specific path first (§5.4).
[[nodiscard]] std::optional<std::string_view> find_cookie(std::string_view header,
                                                          std::string_view name) noexcept;

enum class same_site : std::uint8_t { unset, strict, lax, none };

/// What a response tells a browser to keep. Without `max_age` until it closes; with 0 s
/// the browser forgets the cookie.
struct cookie {
  std::string name;
  std::string value;
  std::string path = "/";
  std::string domain{}; // empty: this host only
  std::optional<std::chrono::seconds> max_age{};
  bool secure = false;   // only over TLS
  bool http_only = true; // not for scripts
  http::same_site same_site = http::same_site::unset;
};

/// The value of a Set-Cookie header: `response.with_header("Set-Cookie",
/// set_cookie({.name = "sid", .value = id}))`. Throws std::invalid_argument that names
/// the member for what RFC 6265 §4.1.1 forbids, and for what browsers refuse: SameSite
/// none, `__Secure-` and `__Host-` without Secure, `__Host-` with a path or domain.
[[nodiscard]] std::string set_cookie(const cookie& what);

} // namespace websock::http
