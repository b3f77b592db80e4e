// Version 1: JSON objects. No binary payloads, and no join_ref towards the client.
#pragma once

#include "websock/channels/envelope/envelope.hpp"
#include "websock/handler/message.hpp"

#include <optional>

namespace websock::channels::v1 {

/// The opcode does not matter. Empty if it is malformed.
[[nodiscard]] std::optional<inbound_message> decode(message_view in);
/// Throws std::invalid_argument for a binary payload.
[[nodiscard]] message encode(const outbound_message& out);

} // namespace websock::channels::v1
