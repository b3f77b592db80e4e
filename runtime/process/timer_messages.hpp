// What timers that send a message say, and to whom they say it.
#pragma once

#include "../address/pid.hpp"
#include "../term/reference.hpp"
#include "../term/term.hpp"
#include "../time/clock.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace websock::runtime {

class process;

/// The message of `start_timer`. Source: erlang:start_timer/3, {timeout, TimerRef, Msg}.
struct timer_expired {
  reference ref;
  term message;
};

/// The message of `cancel_timer_async`. Source: {cancel_timer, TimerRef, Time | false}.
struct timer_cancelled {
  reference ref;
  std::optional<duration> left; // nothing when it had fired, or was cancelled before
};

/// To whom a timer sends: a process, or whoever has the name when the time has come.
struct timer_target {
  explicit(false) timer_target(pid process) noexcept : to(std::move(process)) {}
  explicit(false) timer_target(process& process) noexcept : to(process) {}
  explicit(false) timer_target(std::string_view registered) : name(registered) {}
  explicit(false) timer_target(const char* registered) : name(registered) {}

  pid to;
  std::string name; // empty when `to` counts
};

} // namespace websock::runtime
