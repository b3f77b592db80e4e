// How often a supervisor has started children again of late.
#pragma once

#include "websock/runtime/time/clock.hpp"

#include <cstddef>
#include <deque>

namespace websock::runtime::detail {

/// OTP's restart intensity: at most so many restarts within any period.
class supervisor_restarts {
public:
  supervisor_restarts(std::size_t most, duration period) noexcept
      : most_(most), period_(period) {}

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
