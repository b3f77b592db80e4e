// An epmd of our own on a socket, for tests with real Erlang.
#pragma once

#include "websock/runtime/distribution/handshake/epmd_registry.hpp"

#include "tests/support/loopback.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <thread>

namespace tests {

/// An `epmd_registry` with a thread that drives it on sockets.
class served_epmd {
public:
  served_epmd();
  ~served_epmd();
  served_epmd(const served_epmd&) = delete;
  served_epmd& operator=(const served_epmd&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return listener_.port(); }

private:
  void run();
  void accept_one();
  [[nodiscard]] bool hear(int descriptor); // false: it is closed

  loopback_listener listener_;
  websock::runtime::distribution::epmd_registry registry_;
  std::map<int, websock::runtime::distribution::epmd_registry::socket> sockets_;
  std::atomic<bool> has_ended_ = false;
  std::thread thread_;
};

} // namespace tests
