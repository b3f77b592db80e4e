// Where the runtime takes the time from; tests bring their own.
#pragma once

#include <atomic>
#include <chrono>

namespace runtime {

using time_point = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;

/// No limit at all, where a function takes one. Source: Erlang's infinity.
inline constexpr duration infinity = duration::max();

/// Monotonic time. Read from every shard's thread.
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

/// A clock that stands still until it is told to move.
class manual_clock final : public clock {
public:
  [[nodiscard]] time_point now() const noexcept override {
    return time_point{} + elapsed_.load();
  }
  void advance(duration step) noexcept { elapsed_ = elapsed_.load() + step; }

private:
  std::atomic<duration> elapsed_{std::chrono::hours(1)}; // zero is no valid deadline
};

} // namespace runtime
