// An epmd for hosts without one: the sockets of an epmd_registry.
#pragma once

#include "../handshake/epmd_registry.hpp"
#include "network.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace websock::runtime::distribution {

/// Where it listens, and what its clients may have.
struct small_epmd_options {
  std::string address = "127.0.0.1";
  std::uint16_t port = epmd_port;           // 0: any that is free
  std::size_t most_askers = 64;             // clients that are not registered
  duration limit = std::chrono::seconds(5); // for a request to arrive
  epmd_limits limits = {};                  // sockets, names, octets of a request
  std::uint32_t creation = 0;               // the first one is above it; 0: by the clock
};

/// Registers nodes and tells their ports; a name is a node's as long as the connection
/// that registered it. Only clients on a loopback address may register. Lives on one
/// shard like a carrier. Source: erl_dist_protocol, "EPMD Protocol".
class small_epmd {
public:
  /// Throws like network::listen; std::errc::address_in_use: an epmd runs there already.
  /// `sockets` is plain.
  small_epmd(shard& home, network& sockets, const small_epmd_options& options);
  ~small_epmd();
  small_epmd(const small_epmd&) = delete;
  small_epmd& operator=(const small_epmd&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;
  /// How many nodes are registered.
  [[nodiscard]] std::size_t size() const noexcept;

private:
  class server;
  std::unique_ptr<server> server_;
};

} // namespace websock::runtime::distribution
