// The listening socket: accepts, and deals what it accepted to the shards in turn.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace runtime {
class shard;
}

namespace websock {

struct server_options;

/// One socket for all shards: a port that is in use is noticed, and every shard gets its
/// share of the connections. It lives on one shard and outlives EMFILE, ENFILE and
/// ECONNABORTED.
class listener {
public:
  /// Called on the listener's shard with each accepted, non-blocking socket, which it
  /// then owns.
  using accepted = std::function<void(int descriptor)>;
  /// Called when accepting pauses because descriptors have run out.
  using paused = std::function<void(const std::string& why)>;

  /// Binds and listens; throws as listening_socket does.
  listener(runtime::shard& on, const server_options& options);
  ~listener();
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  /// 0 for a Unix socket.
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// On its shard, once.
  void start(accepted take, paused report);
  /// On its shard: accepts nothing more and closes the socket.
  void stop();

private:
  struct state;
  std::shared_ptr<state> state_; // shared with the handlers that Asio still holds
  std::uint16_t port_ = 0;
};

} // namespace websock
