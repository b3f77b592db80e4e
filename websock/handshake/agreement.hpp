// What the two ends agreed on in the opening handshake.
#pragma once

#include "websock/protocol/deflate_options.hpp"
#include "websock/protocol/deflate_params.hpp"
#include "websock/protocol/deflate_pool.hpp"
#include "websock/protocol/message_deflater.hpp"
#include "websock/protocol/message_inflater.hpp"
#include "websock/protocol/message_writer.hpp"
#include "websock/protocol/role.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace websock {

/// Decided once, before the connection begins. Small: every connection has one.
struct agreement {
  protocol::role self = protocol::role::server;
  protocol::key_source mask_keys = nullptr; // a client's
  /// One of upgrade_options::subprotocols or client_options::subprotocols, in whose
  /// memory it lies; empty when none was agreed on.
  std::string_view subprotocol;
  /// Set when messages may be compressed.
  std::optional<protocol::deflate_params> deflate;
};

/// What reads the peer's compressed messages; null when none was agreed on. `contexts`
/// must outlive it.
[[nodiscard]] std::unique_ptr<protocol::message_inflater>
make_inflater(const agreement& agreed, protocol::deflate_pool& contexts);

/// What compresses our messages; null when none was agreed on. `contexts` must outlive
/// it.
[[nodiscard]] std::unique_ptr<protocol::message_deflater>
make_deflater(const agreement& agreed, const protocol::deflate_options& how,
              protocol::deflate_pool& contexts);

} // namespace websock
