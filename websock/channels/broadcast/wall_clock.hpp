// The time of day, which nodes compare.
#pragma once

#include <chrono>
#include <cstdint>

namespace websock::channels {

/// Microseconds since 1970: what happens in turn on one node has different times.
[[nodiscard]] inline std::uint64_t wall_clock() noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

} // namespace websock::channels
