// What the connections of one shard share: the output buffer of a turn, the compression
// contexts, the list that a shutdown walks, and the sockets that briefly outlive their
// connections.
#pragma once

#include "websock/connection/departure.hpp"
#include "websock/connection/drain_result.hpp"
#include "websock/options/options.hpp"
#include "websock/protocol/deflate_pool.hpp"
#include "websock/protocol/message_buffer.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/table/linked_list.hpp"
#include "websock/runtime/time/timer_queue.hpp"
#include "websock/transport/lingering_sockets.hpp"
#include "websock/transport/output_backlog.hpp"
#include "websock/transport/transport.hpp"
#include "websock/transport/unsent_total.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace websock::runtime {
class shard;
}

namespace websock {

class connection_process;

struct accepted_upgrade;

/// For use on its shard only, unless a function says otherwise. Outlives its connections.
class connection_host final : private runtime::timer, private departure::observer {
public:
  /// How many sockets may outlive their connections at a time.
  static constexpr std::size_t most_lingering = 4'096;

  /// Calls `gone` whenever an expected connection is gone. Counts unsent data in `total`,
  /// which must outlive the host, or in a total of its own if that is null.
  explicit connection_host(
      runtime::shard& on, std::function<void()> gone = [] {},
      unsent_total* total = nullptr);
  ~connection_host() override;
  connection_host(const connection_host&) = delete;
  connection_host& operator=(const connection_host&) = delete;

  [[nodiscard]] runtime::shard& shard() const noexcept { return shard_; }
  [[nodiscard]] std::string& shared_output() noexcept { return output_; }
  [[nodiscard]] protocol::deflate_pool& deflate_contexts() noexcept {
    return deflate_contexts_;
  }
  [[nodiscard]] protocol::message_buffers& spare_buffers() noexcept {
    return spare_buffers_;
  }
  [[nodiscard]] unsent_total& unsent() noexcept {
    return total_ != nullptr ? *total_ : own_total_;
  }
  [[nodiscard]] std::size_t connection_count() const noexcept {
    return connections_.size();
  }

  /// Announces a connection that is about to be spawned: `drain` waits for it until the
  /// result is destroyed, on the shard. Any thread.
  [[nodiscard]] departure expect() noexcept;
  /// The same for a host that the result keeps alive.
  [[nodiscard]] static departure expect(std::shared_ptr<connection_host> host);
  /// Spawns the process of an expected connection. Any thread.
  runtime::pid begin(std::unique_ptr<transport> socket, accepted_upgrade accepted,
                     std::string leftover, departure leaving);
  /// The expected connection will not begin after all. Any thread.
  void abandon(departure leaving);

  void add(connection_process& connection);
  void remove(connection_process& connection) noexcept;

  /// Sends `unsent`, ends the output, and closes the socket once the peer has closed it
  /// or after some seconds. A client lets the peer end its output first. Closes the
  /// socket at once if the kernel cannot watch it, and the oldest one if too many linger.
  void linger(std::unique_ptr<transport> socket, output_backlog unsent,
              ends_first who = ends_first::us);

  /// Asks all connections, including later ones, to close, in batches of `batch`; 0: all
  /// at once. Gives up at the deadline. Calls `done` once no connection is left and no
  /// socket lingers. Throws std::bad_alloc only before the drain has begun.
  void drain(const drain_options& how, std::size_t batch, std::uint64_t seed,
             std::function<void(drain_result)> done);
  /// Time is up: kills what is left.
  void give_up();

private:
  void expire(runtime::time_point now) override;
  void failed() noexcept override;
  void ask_next();
  void departed() noexcept override;
  void check_drained() noexcept;
  void try_again() noexcept;
  void kill_all() noexcept;

  runtime::shard& shard_;
  std::function<void()> gone_;
  unsent_total own_total_;
  unsent_total* const total_;
  std::string output_;
  protocol::deflate_pool deflate_contexts_;
  protocol::message_buffers spare_buffers_;
  std::atomic<std::size_t> expected_{0}; // connections, whether begun or not
  runtime::detail::linked_list<connection_process> connections_;
  lingering_sockets lingering_;
  struct draining;
  const std::unique_ptr<draining> draining_;
  bool has_given_up_ = false;
};

} // namespace websock
