// The TLS handshake of a peer that has connected, and its deadline.
#pragma once

#include "../../time/clock.hpp"
#include "tls_session.hpp"

#include <asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace websock::runtime {
class shard;
}

namespace websock::runtime::distribution {

/// Lives until its operation has completed.
class socket_handshake final : public std::enable_shared_from_this<socket_handshake> {
public:
  /// The stream, or why there is none.
  using outcome = std::variant<std::unique_ptr<tls_stream>, std::string>;

  socket_handshake(shard& home, std::unique_ptr<tls_stream> stream, duration limit);

  /// Calls `done` once, unless cancelled before.
  void begin(std::function<void(outcome)> done);
  void cancel() noexcept;

private:
  void finish(const asio::error_code& failed);
  void shut() noexcept;

  std::unique_ptr<tls_stream> stream_;
  const std::string peer_;
  const duration limit_;
  asio::steady_timer timer_;
  std::function<void(outcome)> done_; // empty once it is over
  bool is_late_ = false;
};

} // namespace websock::runtime::distribution
