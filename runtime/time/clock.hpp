// The runtime's source of time; tests bring their own.
#pragma once

#include "saturated.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>

namespace websock::runtime {

using time_point = std::chrono::steady_clock::time_point;
/// The parameter type for durations: every other duration converts to it without
/// overflow.
using duration = saturated<std::chrono::nanoseconds>;

/// No limit, for functions that take one. Source: Erlang's infinity.
inline constexpr duration infinity = duration::max();

/// Monotonic time, read from the thread of every shard.
class clock {
public:
  virtual ~clock() = default;
  [[nodiscard]] virtual time_point now() const noexcept = 0;
};

/// The operating system's monotonic clock.
class steady_clock final : public clock {
public:
  [[nodiscard]] time_point now() const noexcept override {
    return std::chrono::steady_clock::now();
  }
};

/// A clock that stands still until a test advances it.
class manual_clock final : public clock {
public:
  [[nodiscard]] time_point now() const noexcept override {
    return time_point{} + elapsed_.load();
  }
  /// Stops at the end of time.
  void advance(duration step) noexcept {
    const duration left = duration::max() - elapsed_.load();
    elapsed_ = elapsed_.load() + std::min(step, left);
  }

private:
  std::atomic<duration> elapsed_{std::chrono::hours(1)}; // zero is no valid deadline
};

} // namespace websock::runtime
