// The way from a host and a port to a connected socket.
#pragma once

#include "websock/dial/addresses.hpp"
#include "websock/dial/connect_failed.hpp"
#include "websock/dial/name_lookup.hpp"
#include "websock/runtime/reactor/reactor.hpp"
#include "websock/runtime/time/clock.hpp"
#include "websock/runtime/time/timer_queue.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace websock::runtime {
class shard;
}

namespace websock {

/// Looks up the name, then tries its addresses as RFC 8305 says: the next one when one
/// has failed or has not answered for a while, until the first is connected. Nothing
/// blocks, and nothing has a limit: who dials gives up by destroying this.
class dialer final : private runtime::timer {
public:
  /// A connected, non-blocking descriptor, which the callee takes over.
  using result = std::variant<int, connect_failed>;

  /// RFC 8305 §5: how long an address is alone before the next is tried beside it.
  static constexpr std::chrono::milliseconds head_start{250};
  /// Of a name, that are tried.
  static constexpr std::size_t most_addresses = 32;
  /// Before a Unix socket whose queue is full is tried again.
  static constexpr std::chrono::milliseconds full_queue_pause{20};

  /// `done` is called once, from a later event of the shard, and may destroy the dialer.
  dialer(runtime::shard& on, std::function<void(result)> done);
  ~dialer() override;
  dialer(const dialer&) = delete;
  dialer& operator=(const dialer&) = delete;

  void dial(const std::string& host, std::uint16_t port);
  /// A Unix socket. Throws std::invalid_argument for a path that is too long for one.
  void dial(const std::string& path);

  /// What it is waiting for, for people.
  [[nodiscard]] std::string state() const;

private:
  class attempt;
  enum class begun : std::uint8_t { yes, no, queue_is_full };

  void expire(runtime::time_point now) override;
  void failed() noexcept override;

  void found(found_addresses what, std::uint16_t port);
  template <class F>
  void later(F what);
  void try_next();
  [[nodiscard]] begun begin(const socket_address& to);
  [[nodiscard]] begun watch(int descriptor);
  void settled(attempt& which);
  void finish(result outcome);

  runtime::shard& shard_;
  std::function<void(result)> done_;
  std::shared_ptr<dialer*> self_; // for what is posted, which may come too late
  std::optional<name_lookup> lookup_;
  std::vector<socket_address> addresses_; // the next one at the back
  std::vector<std::unique_ptr<attempt>> attempts_;
  std::string last_failure_;
};

} // namespace websock
