// How many connections a drain closed, and how many it killed.
#pragma once

#include <cstddef>

namespace websock {

/// How a drain ended.
struct drain_result {
  std::size_t closed = 0; // properly: `terminate` has run
  std::size_t killed = 0; // at the deadline, or when the drain was cut short
  friend bool operator==(const drain_result&, const drain_result&) = default;
};

} // namespace websock
