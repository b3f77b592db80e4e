// The loop that accepts from the listening socket of a server. Who runs the loop may
// change: the socket stays, and with it whoever waits for it.
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

/// One socket for all shards: a port that is in use is noticed, and every shard gets its
/// share of the connections. It lives on one shard and outlives EMFILE, ENFILE and
/// ECONNABORTED.
class acceptor final : private runtime::io_target, private runtime::timer {
public:
  /// Called on the acceptor's shard with each accepted, non-blocking socket, which it
  /// then owns, also when it throws.
  using accepted = std::function<void(int descriptor)>;
  /// Called when accepting rests because descriptors have run out.
  using rested = std::function<void(const std::string& why)>;

  /// Binds and listens; throws as listening_socket does. From now on the kernel holds
  /// who connects.
  acceptor(runtime::shard& on, const server_options& options, accepted take,
           rested report);
  ~acceptor() override;
  acceptor(const acceptor&) = delete;
  acceptor& operator=(const acceptor&) = delete;

  [[nodiscard]] const listening_address& address() const noexcept { return address_; }

  // The rest is for its shard, or for whoever has the shard to himself.

  /// Who runs the loop; each start makes another.
  enum class turn : std::uint64_t {};
  /// Calls `ready` when somebody may be waiting, until `pause`, or until somebody else
  /// starts. Throws std::system_error when the kernel cannot watch the socket.
  [[nodiscard]] turn start(std::function<void()> ready);
  /// Within `ready`: takes those that wait, and has `ready` called again. Throws
  /// std::system_error when the socket is broken.
  void accept();
  /// Accepts nothing until the next start, unless somebody else has started meanwhile.
  void pause(turn of) noexcept;
  /// Accepts nothing ever more, and closes the socket. May be repeated.
  void stop() noexcept;

private:
  void on_ready(runtime::readiness what) override;
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
  std::function<void()> ready_; // between start and pause: the socket is watched
  std::uint64_t starts_ = 0;
  bool is_resting_ = false; // reported once per shortage
};

} // namespace websock
