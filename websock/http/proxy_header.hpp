// The PROXY protocol, versions 1 and 2: who the client is, told by the proxy in front,
// ahead of everything that the client sent.
// https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace websock::http {

/// A complete header.
struct proxy_header {
  std::size_t size;   // of the bytes that belong to it
  std::string source; // "192.0.2.1:51234"; empty when it says nothing about the client
};

enum class proxy_header_state : unsigned char { incomplete, malformed };

/// `bytes` is the stream from its beginning; what follows the header is not looked at. A
/// version 2 header of more than `limit` bytes is malformed.
[[nodiscard]] std::variant<proxy_header_state, proxy_header>
parse_proxy_header(std::string_view bytes, std::size_t limit);

} // namespace websock::http
