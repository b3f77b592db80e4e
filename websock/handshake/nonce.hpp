// Unpredictable values that a client needs.
#pragma once

#include "websock/protocol/mask.hpp"

#include <string>

namespace websock {

/// A value for Sec-WebSocket-Key: 16 random octets in base64 (RFC 6455 §4.1(7)).
[[nodiscard]] std::string random_handshake_key();

/// RFC 6455 §5.3: a new key for each frame, from a strong source of entropy. Any thread,
/// without a lock.
[[nodiscard]] protocol::mask_key random_mask_key();

} // namespace websock
