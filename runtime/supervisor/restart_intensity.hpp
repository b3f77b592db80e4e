// How often a supervisor has restarted children of late, and whether that is too often.
#pragma once

#include "websock/runtime/time/clock.hpp"

#include <cstddef>
#include <deque>

namespace websock::runtime::detail {

/// OTP's restart intensity: at most so many restarts within any period.
class restart_intensity {
public:
  restart_intensity(std::size_t most, duration period) noexcept
      : most_(most), period_(period) {}

  /// A period of no time would never end a supervisor.
  [[nodiscard]] bool is_valid() const noexcept { return period_ > duration::zero(); }
  /// Counts one restart. False when it is one too many.
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
