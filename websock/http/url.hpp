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
  std::string target; // path and query as they are sent; starts with '/'
  std::string zone{}; // of an IPv6 address, RFC 6874; empty: none

  /// The value of the Host header: without the port when that is the scheme's own, and
  /// without the zone, which means nothing elsewhere.
  [[nodiscard]] std::string authority() const;
  /// Whom to dial: with the zone, as `fe80::1%eth0`.
  [[nodiscard]] std::string dialed_host() const;

  friend bool operator==(const url&, const url&) = default;
  friend std::string to_string(const url& from);
};

/// Why a text is no URL of a WebSocket: "its port is ...". Has static lifetime.
struct bad_url {
  std::string_view why;
};

/// A ws or wss URL; not one with a fragment (RFC 6455 §3: it must not be used), and not
/// one with a user or a password (RFC 3986 §3.2.1: deprecated; a header carries them).
[[nodiscard]] std::variant<url, bad_url> parse_url(std::string_view text);

/// RFC 6454 §4: the same scheme, host and port, which may be trusted alike.
[[nodiscard]] bool is_same_origin(const url& a, const url& b) noexcept;

/// Of what was meant to be a URL, as much as an error or a log may show: no user, no
/// password, no query, one short line.
[[nodiscard]] std::string without_secrets(std::string_view text);

} // namespace websock::http
