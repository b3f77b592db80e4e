// What the two ends agreed on in the opening handshake.
#pragma once

#include "websock/protocol/deflate_params.hpp"
#include "websock/protocol/message_writer.hpp"
#include "websock/protocol/role.hpp"

#include <optional>
#include <string_view>

namespace websock {

/// Decided once, before the connection begins. Small: every connection has one.
struct agreement {
  protocol::role self = protocol::role::server;
  protocol::key_source mask_keys = nullptr; // a client's
  /// One of upgrade_options::subprotocols, in whose memory it lies; empty when none was
  /// agreed on.
  std::string_view subprotocol;
  /// Set when messages may be compressed.
  std::optional<protocol::deflate_params> deflate;
};

} // namespace websock
