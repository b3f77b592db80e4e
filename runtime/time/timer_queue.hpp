// The deadlines of one shard: a heap of intrusive timers, so that arming one allocates
// nothing.
#pragma once

#include "websock/runtime/time/deadline.hpp"
#include "websock/runtime/time/timer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace websock::runtime {

/// A four-ary heap: O(log n) to arm and disarm, O(1) to ask for the next. Timers with the
/// same time expire in the order in which they were armed.
class timer_queue {
public:
  /// A time before the last `expire` counts as that: it is due, but behind what was due
  /// then.
  void arm(timer& entry, time_point when);
  /// No effect on a timer that is not armed.
  void disarm(timer& entry) noexcept;
  /// When the armed `entry` is due.
  [[nodiscard]] time_point due(const timer& entry) const noexcept {
    return heap_[entry.position_].when;
  }
  /// Nothing when none is armed, or only such as are never due.
  [[nodiscard]] std::optional<time_point> next() const noexcept {
    return heap_.empty() || heap_.front().when == end_of_time
               ? std::nullopt
               : std::optional(heap_.front().when);
  }
  /// Expires what is due at `now` and was armed before the call.
  void expire(time_point now);
  [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }

private:
  struct slot {
    time_point when;
    std::uint64_t sequence;
    timer* entry;
    [[nodiscard]] bool before(const slot& other) const noexcept {
      return when != other.when ? when < other.when : sequence < other.sequence;
    }
  };

  void place(std::size_t position, const slot& value) noexcept;
  void sift_up(std::size_t position, const slot& value) noexcept;
  void sift_down(std::size_t position, const slot& value) noexcept;

  std::vector<slot> heap_;
  std::uint64_t sequence_ = 0;
  time_point expired_until_ = time_point::min();
};

} // namespace websock::runtime
