// A listening socket, and what strangers have until they are known.
#pragma once

#include "network.hpp"
#include "tls_identity.hpp"

#include <memory>

namespace websock::runtime::distribution {

/// As `network::listen` says; with an identity, peers are told of after their TLS
/// handshake.
[[nodiscard]] std::unique_ptr<listening>
listen_on_socket(shard& home, const listen_options& options,
                 std::shared_ptr<const tls_identity> tls, listening::events& owner);

} // namespace websock::runtime::distribution
