// What a test runs: one stepped node, or several that are joined.
#pragma once

#include "../time/clock.hpp"

#include <cstddef>
#include <optional>

namespace websock::runtime::testing {

/// Has no threads and no wall-clock time: a test runs it step by step.
class steppable {
public:
  virtual ~steppable() = default;

  /// One small step. False when there is no work at the current time.
  virtual bool step() = 0;
  [[nodiscard]] virtual time_point now() const noexcept = 0;
  /// When there is work again, if time is all that it needs.
  [[nodiscard]] virtual std::optional<time_point> next_deadline() const = 0;
  /// Moves the clock without running anything: call it from a callback to make that take
  /// time.
  virtual void pass(duration time) noexcept = 0;

  /// Steps until no work is left at the current time. Throws std::runtime_error after
  /// `limit` steps: the program never becomes idle.
  void run_until_idle(std::size_t limit = 1'000'000);
  /// Moves the clock to the next deadline, but not past `limit`, and runs until idle.
  /// False when there was no deadline up to `limit`; the clock then stands at `limit`,
  /// unless that is the end of time.
  bool advance_to_next(time_point limit);
  /// Moves the clock to each deadline within `by` in turn, and runs until idle at each.
  void advance(duration by);
};

} // namespace websock::runtime::testing
