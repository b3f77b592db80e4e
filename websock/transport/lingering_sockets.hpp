// The sockets of a shard that briefly outlive their owners: limits their number, and
// counts those cut off.
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

/// For use on its shard only.
class lingering_sockets {
public:
  /// Cuts off the oldest beyond `most`. Calls `finished` whenever one has ended without
  /// being cut off. Counts those that ended with unsent data in `total`, which must
  /// outlive this.
  lingering_sockets(
      runtime::shard& home, std::size_t most, unsent_total& total,
      std::function<void()> finished = [] {});

  /// Adds a socket, as for lingering_socket. Cut off at once if the kernel cannot watch
  /// it.
  void add(std::unique_ptr<transport> socket, output_backlog unsent,
           ends_first who = ends_first::us);
  /// Cuts off all sockets.
  void clear() noexcept;
  [[nodiscard]] bool empty() const noexcept { return sockets_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return sockets_.size(); }

private:
  using place = std::list<lingering_socket>::iterator;

  void end(place ended) noexcept;

  runtime::shard& shard_;
  const std::size_t most_;
  unsent_total& total_;
  const std::function<void()> finished_;
  std::list<lingering_socket> sockets_; // oldest first
};

} // namespace websock
