// The deadlines of one shard: a heap of intrusive timers, so arming a timer does not
// allocate.
#pragma once

#include "deadline.hpp"
#include "timer.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace websock::runtime {

/// A four-ary heap: O(log n) to arm and disarm, O(1) for the next deadline. Timers that
/// are due at the same time expire in the order in which they were armed.
class timer_queue {
public:
  /// A `when` before the last `expire` counts as the time of that call, so the timer
  /// expires after those that were due then.
  void arm(timer& entry, time_point when);
  /// No effect on a timer that is not armed.
  void disarm(timer& entry) noexcept;
  /// The deadline of `entry`, which must be armed.
  [[nodiscard]] time_point due(const timer& entry) const noexcept {
    assert(entry.is_armed() && "a timer that is not armed is never due");
    return heap_[entry.position_].when;
  }
  /// Empty when no timer is armed, or only such as never expire.
  [[nodiscard]] std::optional<time_point> next() const noexcept {
    return heap_.empty() || heap_.front().when == end_of_time
               ? std::nullopt
               : std::optional(heap_.front().when);
  }
  /// Expires the timers that are due at `now` and were armed before the call.
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
