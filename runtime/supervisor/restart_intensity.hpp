// Counts a supervisor's recent restarts and detects when there are too many.
#pragma once

#include "../time/clock.hpp"

#include <cstddef>
#include <deque>

namespace websock::runtime::detail {

/// OTP's restart intensity: at most `most` restarts within any `period`.
class restart_intensity {
public:
  restart_intensity(std::size_t most, duration period) noexcept
      : most_(most), period_(period) {}

  /// With a period of zero the limit would never be reached.
  [[nodiscard]] bool is_valid() const noexcept { return period_ > duration::zero(); }
  /// Counts one restart. False when that exceeds the limit.
  [[nodiscard]] bool add(time_point now) {
    while (!restarts_.empty() && now - restarts_.front() > period_)
      restarts_.pop_front();
    restarts_.push_back(now);
    return restarts_.size() <= most_;
  }

private:
  std::size_t most_;
  duration period_;
  std::deque<time_point> restarts_;
};

} // namespace websock::runtime::detail
