// Where an epmd listens.
#pragma once

#include "../../time/clock.hpp"
#include "../handshake/epmd_messages.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace websock::runtime::distribution {

/// An epmd, and how long one answer of it may take, with the connecting.
struct epmd_address {
  std::string host = "127.0.0.1";
  std::uint16_t port = epmd_port; // Erlang takes it from ERL_EPMD_PORT
  duration limit = std::chrono::seconds(5);
};

[[nodiscard]] inline std::string to_text(const epmd_address& where) {
  return "epmd at " + where.host + " port " + std::to_string(where.port);
}

} // namespace websock::runtime::distribution
