// The sockets of a shard that outlive their owners for a moment: how many, and which of
// them end too soon.
#pragma once

#include "websock/transport/lingering_socket.hpp"
#include "websock/transport/output_backlog.hpp"
#include "websock/transport/transport.hpp"
#include "websock/transport/unsent_total.hpp"

#include <cstddef>
#include <functional>
#include <list>
#include <memory>

namespace websock::runtime {
class shard;
}

namespace websock {

/// Used on its shard only.
class lingering_sockets {
public:
  /// Beyond `most` the oldest is cut off. Calls `finished` whenever one has ended by
  /// itself. Counts in `total`, which outlives this, those that had something to send
  /// yet.
  lingering_sockets(
      runtime::shard& on, std::size_t most, unsent_total& total,
      std::function<void()> finished = [] {});

  /// As lingering_socket says. Cut off at once when the kernel cannot watch one more.
  void add(std::unique_ptr<transport> socket, output_backlog unsent,
           ends_first who = ends_first::us);
  /// Cuts off all of them.
  void clear() noexcept;
  [[nodiscard]] bool empty() const noexcept { return sockets_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return sockets_.size(); }

private:
  using place = std::list<lingering_socket>::iterator;

  void end(place which) noexcept;

  runtime::shard& shard_;
  const std::size_t most_;
  unsent_total& total_;
  const std::function<void()> finished_;
  std::list<lingering_socket> sockets_; // the oldest first
};

} // namespace websock
