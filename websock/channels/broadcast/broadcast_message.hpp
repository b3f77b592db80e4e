// What a broadcast is to its subscribers: channels, sockets, and any process that
// subscribes to its topic.
#pragma once

#include "websock/channels/envelope/payload.hpp"
#include "websock/channels/envelope/serializer.hpp"
#include "websock/channels/history/origin.hpp"
#include "websock/channels/history/position.hpp"
#include "websock/runtime/term/term.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace websock::channels {

/// Immutable and shared. Holds what clients get for it, made once for each serializer.
/// Source: Phoenix.Socket.Broadcast.
class broadcast_message {
public:
  /// No topic, no event and an empty object: what arrives from other nodes needs it.
  broadcast_message();
  /// Throws std::invalid_argument unless the payload is an object or binary, and
  /// std::length_error if a binary one has a topic or an event of more than 255 octets.
  broadcast_message(std::string topic, std::string event, payload body,
                    std::optional<position> at = {});
  /// One that is on its way to other nodes, where it is `from`.
  broadcast_message(std::string topic, std::string event, payload body, origin from);

  [[nodiscard]] const std::string& topic() const noexcept;
  [[nodiscard]] const std::string& event() const noexcept;
  [[nodiscard]] const payload& body() const noexcept;
  /// Where it stands in the history of its topic, which keeps it; null if none does.
  /// Valid as long as any copy.
  [[nodiscard]] const position* at() const noexcept;
  /// Its number at its source, if it has crossed or is to cross and is kept; null if not.
  /// Valid as long as any copy.
  [[nodiscard]] const origin* from() const noexcept;
  /// The term that the process of a socket gets: an `outgoing`. Null if this cannot be
  /// sent so: a binary payload with version 1, or no memory. Valid as long as any copy.
  [[nodiscard]] const runtime::term* encoded(serializer how) const noexcept;

  friend std::size_t heap_size(const broadcast_message& value) noexcept;

private:
  struct content;
  std::shared_ptr<const content> content_;
};

} // namespace websock::channels
