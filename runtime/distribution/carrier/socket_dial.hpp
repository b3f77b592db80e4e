// From a host and a port to a carrier on a socket.
#pragma once

#include "network.hpp"
#include "tls_identity.hpp"

#include <memory>

namespace websock::runtime::distribution {

/// Looks the host up, connects to its addresses in turn, and does the TLS handshake if
/// there is an identity; as `network::dial` says.
[[nodiscard]] std::unique_ptr<dialling>
dial_socket(shard& home, dial_target target, std::shared_ptr<const tls_identity> tls,
            dialling::ready done);

} // namespace websock::runtime::distribution
