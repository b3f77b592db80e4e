// Connects a socket to a host and a port.
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

/// Looks up the name, then tries its addresses as in RFC 8305: the next one when one has
/// failed or has not answered for a while, until the first is connected. Never blocks and
/// has no timeout: to give up, destroy it.
class dialer final : private runtime::timer {
public:
  /// A connected, non-blocking descriptor, which the callee then owns.
  using result = std::variant<int, connect_failed>;

  /// RFC 8305 §5: how long an address is tried alone before the next one joins.
  static constexpr std::chrono::milliseconds head_start{250};
  /// How many addresses of a name are tried.
  static constexpr std::size_t most_addresses = 32;
  /// How long to wait before retrying a Unix socket whose queue is full.
  static constexpr std::chrono::milliseconds full_queue_pause{20};

  /// `done` is called once, from a later event of the shard, and may destroy the dialer.
  dialer(runtime::shard& home, std::function<void(result)> done);
  ~dialer() override;
  dialer(const dialer&) = delete;
  dialer& operator=(const dialer&) = delete;

  void dial(const std::string& host, std::uint16_t port);
  /// Dials a Unix socket. Throws std::invalid_argument if the path is too long.
  void dial(const std::string& path);

  /// What it is waiting for, for people.
  [[nodiscard]] std::string state() const;

private:
  class attempt;
  enum class begun : std::uint8_t { yes, no, queue_is_full };

  void expire(runtime::time_point now) override;
  void failed() noexcept override;

  void found(found_addresses resolved, std::uint16_t port);
  template <class F>
  void later(F task);
  void try_next();
  [[nodiscard]] begun begin(const socket_address& address);
  [[nodiscard]] begun watch(int descriptor);
  void settled(attempt& finished);
  void finish(result outcome);

  runtime::shard& shard_;
  std::function<void(result)> done_;
  std::shared_ptr<dialer*> self_; // for posted tasks, which may run too late
  std::optional<name_lookup> lookup_;
  std::vector<socket_address> addresses_; // next one at the back
  std::vector<std::unique_ptr<attempt>> attempts_;
  std::string last_failure_;
};

} // namespace websock
