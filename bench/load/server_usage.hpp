// What the server's process has used so far, and what it holds.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bench {

struct server_usage {
  std::uint64_t cpu_ns = 0;     // of all its threads, as the scheduler counted it
  std::uint64_t user_ticks = 0; // of 10 ms, as /proc/<pid>/stat has it
  std::uint64_t system_ticks = 0;
  std::size_t resident_kib = 0;
};

/// Of the process `pid` now; all zeros for 0. Throws std::runtime_error when there is
/// none.
[[nodiscard]] server_usage usage_of(int pid);

/// What the kernel holds for sockets, in octets: slabs that cannot be reclaimed, those of
/// socket inodes, and buffers. Of all processes, so only a difference says something;
/// what else the machine does is in it.
[[nodiscard]] std::uint64_t kernel_memory();

} // namespace bench
