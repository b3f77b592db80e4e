// What a client draws so that nobody can foresee it.
#pragma once

#include "websock/protocol/mask.hpp"

#include <string>

namespace websock {

/// The value of Sec-WebSocket-Key: 16 random octets in base64 (RFC 6455 §4.1(7)).
[[nodiscard]] std::string random_handshake_key();

/// RFC 6455 §5.3: a fresh one for each frame, from a strong source of entropy. Any
/// thread, without a lock.
[[nodiscard]] protocol::mask_key random_mask_key();

} // namespace websock
