// From a user's duration to a deadline: saturating, and never negative where Erlang
// refuses it. The one place where a user's duration is added to a time.
#pragma once

#include "websock/runtime/time/clock.hpp"

namespace websock::runtime {

/// The time that never comes: no timer expires then.
inline constexpr time_point end_of_time = time_point::max();

/// When a wait of `limit` ends that begins at `now`: at once when it is negative,
/// `end_of_time` when the clock does not reach that far.
[[nodiscard]] constexpr time_point deadline_in(time_point now, duration limit) noexcept {
  if (limit <= duration::zero())
    return now;
  return limit < end_of_time - now ? now + limit : end_of_time;
}

namespace detail {
[[noreturn]] void throw_negative(const char* what);
} // namespace detail

/// `limit`; throws std::invalid_argument that names `what` when it is negative. Source:
/// badarg of erlang:send_after/3, timeout_value of receive ... after.
[[nodiscard]] inline duration not_negative(const char* what, duration limit) {
  if (limit < duration::zero())
    detail::throw_negative(what);
  return limit;
}

} // namespace websock::runtime
