// Sec-WebSocket-Accept, RFC 6455 §4.2.2: proof that the server understood the handshake.
#pragma once

#include <string>
#include <string_view>

namespace websock {

/// base64(SHA-1(key + GUID)).
[[nodiscard]] std::string accept_key(std::string_view key);

} // namespace websock
