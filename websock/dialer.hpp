// The way from a host and a port to a connected socket.
#pragma once

#include "runtime/clock.hpp"
#include "runtime/reactor.hpp"
#include "runtime/timer_queue.hpp"
#include "websock/connect_failed.hpp"

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace runtime {
class shard;
}

namespace websock {

/// Resolves the name, then tries one address after the other; none waits longer than its
/// share of the time that is left. Nothing blocks: names are looked up on a thread of the
/// shard's io_context.
class dialer final : private runtime::io_target, private runtime::timer {
public:
  /// A connected, non-blocking descriptor, which the callee takes over.
  using result = std::variant<int, connect_failed>;

  /// `done` is called once, from a later event of the shard, and may destroy the dialer.
  dialer(runtime::shard& on, runtime::time_point deadline,
         std::function<void(result)> done);
  ~dialer() override;
  dialer(const dialer&) = delete;
  dialer& operator=(const dialer&) = delete;

  void dial(const std::string& host, std::uint16_t port);
  /// A Unix socket. Throws std::invalid_argument for a path that is too long for one.
  void dial(const std::string& path);

private:
  struct address {
    sockaddr_storage bytes;
    socklen_t size;
  };
  struct lookup;

  void on_ready(runtime::readiness what) override;
  void expire(runtime::time_point now) override;

  void resolve(const std::string& host, std::uint16_t port);
  void resolved(std::vector<address> found, const std::string& failure);
  void try_later();
  void try_next();
  [[nodiscard]] bool try_connect(const address& to);
  [[nodiscard]] bool try_watch();
  void give_up_address(std::string why);
  void finish(result outcome);

  runtime::shard& shard_;
  const runtime::time_point deadline_;
  std::function<void(result)> done_;
  std::shared_ptr<lookup> lookup_;
  std::vector<address> addresses_; // the next one at the back
  std::string last_failure_ = "no address";
  int descriptor_ = -1; // being connected
};

} // namespace websock
