// The two forms that the messages of Phoenix's protocol have on a WebSocket: octets to
// structs and back.
#pragma once

#include "websock/channels/envelope/envelope.hpp"
#include "websock/handler/message.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace websock::channels {

/// The version that a client asks for when it connects.
enum class serializer : std::uint8_t {
  v1, // objects
  v2, // arrays of five, and binary messages
};

/// The serializer for the client's `vsn`; empty if none is compatible with it. Source: a
/// full version that matches ~> 1.0.0 or ~> 2.0.0.
[[nodiscard]] std::optional<serializer> serializer_for(std::string_view vsn) noexcept;

/// Empty if it is malformed: the connection cannot go on.
[[nodiscard]] std::optional<inbound_message> decode(serializer how, message_view in);

/// Throws std::invalid_argument for a binary payload with v1, std::length_error for a
/// field of a binary message of more than 255 octets.
[[nodiscard]] message encode(serializer how, const outbound_message& out);

/// The payload `{"response": response, "status": status}` of a reply.
[[nodiscard]] message encode_reply(serializer how, const message_ref& join_ref,
                                   const message_ref& ref, std::string_view topic,
                                   std::string_view status, const payload& response);

} // namespace websock::channels
