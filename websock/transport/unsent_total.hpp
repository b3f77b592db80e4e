// What the connections of a server could not send yet, all shards together.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace websock {

/// Any thread may read. Connections write at the end of a turn, and only those whose peer
/// is slow.
struct unsent_total {
  std::atomic<std::size_t> bytes{0};     // that the kernel did not take
  std::atomic<std::size_t> suspended{0}; // connections above their high mark
  std::atomic<std::uint64_t> cut_off{0}; // sockets that ended with something unsent
};

} // namespace websock
