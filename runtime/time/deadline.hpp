// Turns a user's duration into a deadline: saturating, and rejecting negative values
// where Erlang does. The one place that adds a user's duration to a time.
#pragma once

#include "clock.hpp"

namespace websock::runtime {

/// The time that never comes; a timer with this deadline never expires.
inline constexpr time_point end_of_time = time_point::max();

/// The deadline of a wait that begins at `now` and takes `limit`: `now` for a negative
/// limit, `end_of_time` when the clock does not reach that far.
[[nodiscard]] constexpr time_point deadline_in(time_point now, duration limit) noexcept {
  if (limit <= duration::zero())
    return now;
  return limit < end_of_time - now ? now + limit : end_of_time;
}

namespace detail {
[[noreturn]] void throw_negative(const char* name);
} // namespace detail

/// Returns `limit`; throws std::invalid_argument that contains `name` when it is
/// negative. Source: badarg of erlang:send_after/3, timeout_value of receive ... after.
[[nodiscard]] inline duration not_negative(const char* name, duration limit) {
  if (limit < duration::zero())
    detail::throw_negative(name);
  return limit;
}

} // namespace websock::runtime
