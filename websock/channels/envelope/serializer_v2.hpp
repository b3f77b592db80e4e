// Version 2: JSON arrays of five, and binary messages of the kinds 0 to 2.
#pragma once

#include "websock/channels/envelope/envelope.hpp"
#include "websock/handler/message.hpp"

#include <optional>

namespace websock::channels::v2 {

/// Empty if it is malformed.
[[nodiscard]] std::optional<inbound_message> decode(message_view in);
/// Throws std::length_error for a field of a binary message of more than 255 octets.
[[nodiscard]] message encode(const outbound_message& out);

} // namespace websock::channels::v2
