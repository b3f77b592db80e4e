// The listening socket of a server, and the loop that accepts. The loop may be taken over
// by another process: the socket stays open and keeps its queue.
#pragma once

#include "websock/listen/listening_socket.hpp"
#include "websock/runtime/reactor/reactor.hpp"
#include "websock/runtime/time/timer_queue.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace websock::runtime {
class shard;
}

namespace websock {

struct server_options;

/// One socket for all shards, so that a port in use is noticed and every shard gets its
/// share of the connections. Lives on one shard and survives EMFILE, ENFILE and
/// ECONNABORTED.
class acceptor final : private runtime::io_target, private runtime::timer {
public:
  /// Called on the acceptor's shard with each accepted, non-blocking socket, which it
  /// then owns, even if it throws.
  using accepted = std::function<void(int descriptor)>;
  /// Called when accepting pauses because descriptors have run out.
  using rested = std::function<void(const std::string& why)>;

  /// Binds and listens; throws like listening_socket. From now on the kernel queues
  /// connections.
  acceptor(runtime::shard& home, const server_options& options, accepted take,
           rested report);
  ~acceptor() override;
  acceptor(const acceptor&) = delete;
  acceptor& operator=(const acceptor&) = delete;

  [[nodiscard]] const listening_address& address() const noexcept { return address_; }

  // The rest is for its shard, or for a caller that has exclusive use of the shard.

  /// Identifies a run of the loop; each start begins a new one.
  enum class turn : std::uint64_t {};
  /// Calls `ready` when connections may be waiting, until `pause` or another `start`.
  /// Throws std::system_error when the kernel cannot watch the socket.
  [[nodiscard]] turn start(std::function<void()> ready);
  /// Within `ready`: accepts waiting connections and has `ready` called again. Throws
  /// std::system_error when the socket is broken.
  void accept();
  /// Stops accepting until the next start; no effect if `started` is no longer current.
  void pause(turn started) noexcept;
  /// Stops accepting for good and closes the socket. May be repeated.
  void stop() noexcept;

private:
  void on_ready(runtime::readiness event) override;
  void expire(runtime::time_point now) override;
  void failed() noexcept override;
  [[nodiscard]] bool give(int descriptor);
  void rest(int error);
  void pause() noexcept;

  runtime::shard& shard_;
  std::optional<listening_socket> socket_; // until stop
  const listening_address address_;
  const accepted take_;
  const rested report_;
  std::function<void()> ready_; // while the socket is watched, from start to pause
  std::uint64_t starts_ = 0;
  bool is_resting_ = false; // reported once per shortage
};

} // namespace websock
