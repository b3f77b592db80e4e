// How often somebody may do something.
#pragma once

#include "websock/runtime/clock.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace chat {

/// A token bucket: so many times at once, and then as time passes.
class allowance {
public:
  allowance(double burst, double per_second) noexcept
      : burst_(burst), per_second_(per_second), left_(burst) {}

  /// Takes one. False if there is none.
  [[nodiscard]] bool take(websock::runtime::time_point now) noexcept {
    left_ = left(now);
    at_ = now;
    if (left_ < 1)
      return false;
    left_ -= 1;
    return true;
  }
  [[nodiscard]] bool is_full(websock::runtime::time_point now) const noexcept {
    return left(now) >= burst_;
  }

private:
  [[nodiscard]] double left(websock::runtime::time_point now) const noexcept {
    const std::chrono::duration<double> passed = now - at_.value_or(now);
    return std::min(burst_, left_ + passed.count() * per_second_);
  }

  double burst_;
  double per_second_;
  double left_;
  std::optional<websock::runtime::time_point> at_; // of the last one
};

} // namespace chat
