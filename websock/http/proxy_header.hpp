// The PROXY protocol, versions 1 and 2: a proxy in front names the client before any data
// that the client has sent.
// https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace websock::http {

/// A complete header.
struct proxy_header {
  std::size_t size;   // of the header, in bytes
  std::string source; // "192.0.2.1:51234"; empty if it does not name the client
};

enum class proxy_header_state : unsigned char { incomplete, malformed };

/// `bytes` is the stream from its start; anything after the header is ignored. A version
/// 2 header of more than `limit` bytes is malformed.
[[nodiscard]] std::variant<proxy_header_state, proxy_header>
parse_proxy_header(std::string_view bytes, std::size_t limit);

} // namespace websock::http
