// The address of a WebSocket, RFC 6455 §3: ws://host:port/path?query and wss://.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace websock::http {

struct url {
  bool is_secure = false; // wss
  std::string host;       // a name or an address; IPv6 without brackets
  std::uint16_t port = 80;
  std::string target; // path and query as sent; starts with '/'
  std::string zone{}; // for an IPv6 address, RFC 6874; empty: none

  /// The value of the Host header: without the port if it is the scheme's default, and
  /// without the zone, which has no meaning elsewhere.
  [[nodiscard]] std::string authority() const;
  /// The host to dial: including the zone, as `fe80::1%eth0`.
  [[nodiscard]] std::string dialed_host() const;

  friend bool operator==(const url&, const url&) = default;
  friend std::string to_string(const url& address);
};

/// Why a text is not a WebSocket URL: "its port is ...". Static text.
struct bad_url {
  std::string_view why;
};

/// Parses a ws or wss URL. Rejects a fragment (RFC 6455 §3: it must not be used) and a
/// user or password (RFC 3986 §3.2.1: deprecated; a header carries them).
[[nodiscard]] std::variant<url, bad_url> parse_url(std::string_view text);

/// RFC 6454 §4: same scheme, host and port, and thus equally trusted.
[[nodiscard]] bool is_same_origin(const url& a, const url& b) noexcept;

/// The part of an intended URL that an error or a log may show: without user, password or
/// query, as one short line.
[[nodiscard]] std::string without_secrets(std::string_view text);

} // namespace websock::http
