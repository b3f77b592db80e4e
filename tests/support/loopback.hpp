// Ports of the loopback, and a socket that listens on one.
#pragma once

#include "tests/support/tcp_client.hpp"

#include <cstdint>

namespace tests {

/// A socket that listens on a free port of 127.0.0.1.
class loopback_listener {
public:
  loopback_listener() : loopback_listener(0) {}
  loopback_listener(const loopback_listener&) = delete;
  loopback_listener& operator=(const loopback_listener&) = delete;
  ~loopback_listener();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  /// Throws std::runtime_error when nobody connects in time.
  [[nodiscard]] tcp_client accept();

private:
  friend std::uint16_t free_port();
  explicit loopback_listener(std::uint16_t port);

  int descriptor_;
  std::uint16_t port_ = 0;
};

/// A port that nobody listens on by now, and that no socket gets by itself.
[[nodiscard]] std::uint16_t free_port();
/// Whether somebody listens on a port of 127.0.0.1.
[[nodiscard]] bool is_listened_on(std::uint16_t port);

} // namespace tests
