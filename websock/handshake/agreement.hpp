// What the two ends negotiated in the opening handshake.
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

/// Fixed before the connection begins. Small, as every connection has one.
struct agreement {
  protocol::role self = protocol::role::server;
  protocol::key_source mask_keys = nullptr; // for a client
  /// One of upgrade_options::subprotocols or client_options::subprotocols, into which it
  /// points; empty if none was negotiated.
  std::string_view subprotocol;
  /// Set if messages may be compressed.
  std::optional<protocol::deflate_params> deflate;
};

/// Reads the peer's compressed messages; null if compression was not negotiated.
/// `contexts` must outlive it.
[[nodiscard]] std::unique_ptr<protocol::message_inflater>
make_inflater(const agreement& agreed, protocol::deflate_pool& contexts);

/// Compresses our messages; null if compression was not negotiated. `contexts` must
/// outlive it.
[[nodiscard]] std::unique_ptr<protocol::message_deflater>
make_deflater(const agreement& agreed, const protocol::deflate_options& how,
              protocol::deflate_pool& contexts);

} // namespace websock
