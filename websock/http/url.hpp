// The address of a WebSocket, RFC 6455 §3: ws://host:port/path?query and wss://.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace websock::http {

struct url {
  bool is_secure = false; // wss
  std::string host;       // a name or an address; IPv6 without brackets
  std::uint16_t port = 80;
  std::string target; // path and query as they are sent; starts with '/'

  /// The value of the Host header: without the port when that is the scheme's own.
  [[nodiscard]] std::string authority() const;

  friend bool operator==(const url&, const url&) = default;
};

/// Nothing for what is no ws or wss URL, and for one with a fragment (RFC 6455 §3: it
/// must not be used) or with a user and a password (RFC 3986 §3.2.1: deprecated; a header
/// carries them).
[[nodiscard]] std::optional<url> parse_url(std::string_view text);

} // namespace websock::http
