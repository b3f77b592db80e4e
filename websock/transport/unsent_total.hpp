// What the connections of a server could not send yet, over all shards.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace websock {

/// Any thread may read. Connections write at the end of a turn, and only if their peer is
/// slow.
struct unsent_total {
  std::atomic<std::size_t> bytes{0};     // not accepted by the kernel yet
  std::atomic<std::size_t> suspended{0}; // connections above their high mark
  std::atomic<std::uint64_t> cut_off{0}; // sockets that ended with unsent data
};

} // namespace websock
