// Carriers on TCP sockets of the shards' Asio, with TLS above them or not.
#pragma once

#include "network.hpp"
#include "tls_identity.hpp"

#include <memory>

namespace websock::runtime::distribution {

/// TCP without delay and keepalive (nodes send ticks). With an identity, all its
/// connections are TLS, and both sides check the other's certificate: a dialled one must
/// name the host at once; of an accepted one the owner asks `peer_certificate_names`.
/// With TLS 1.3 a dial succeeds before the peer has checked ours: its refusal comes as
/// `closed`.
///
/// Any thread may own it; it outlives nothing that it made.
class socket_network final : public network {
public:
  /// Without TLS where `tls` is null.
  explicit socket_network(std::shared_ptr<const tls_identity> tls = nullptr);

  [[nodiscard]] std::unique_ptr<dialling> dial(shard& home, dial_target target,
                                               dialling::ready done) override;
  [[nodiscard]] std::unique_ptr<listening>
  listen(shard& home, const listen_options& options, listening::events& owner) override;

private:
  const std::shared_ptr<const tls_identity> tls_;
};

} // namespace websock::runtime::distribution
