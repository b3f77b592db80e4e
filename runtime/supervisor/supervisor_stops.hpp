// Stopping children and waiting for their ends, while the shard goes on.
#pragma once

#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/supervisor/child_spec.hpp"
#include "websock/runtime/term/exit_reason.hpp"
#include "websock/runtime/term/reference.hpp"
#include "websock/runtime/term/term.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <unordered_map>

namespace websock::runtime::detail {

/// Where OTP's supervisor blocks in a selective receive, this one keeps what is not about
/// the stop until that is over, and hands it out in order then. Part of a behaviour that
/// traps exits and passes it every message.
class supervisor_stops {
public:
  using ended = std::function<void(const exit_reason&)>;

  /// Tells the child to go, and kills it when the time is up. `on_end` is called with its
  /// exit reason.
  void begin(process& self, const pid& child, const shutdown_limit& how, ended on_end);
  /// Waits for a process that goes by itself.
  void await(process& self, const pid& leaving);
  /// Calls `action` when every stop is over: now, or in a later turn.
  void then(std::function<void()> action);

  /// True when it took the message: it is about a stop, or kept until the stops are over.
  [[nodiscard]] bool take(process& self, const term& message);
  /// The oldest message that was kept, once all stops are over.
  [[nodiscard]] std::optional<term> next();

private:
  struct target {
    reference monitor;
    reference timer;
    std::optional<exit_reason>
        reason; // of its exit signal, which counts if there was one
    ended on_end;
  };

  void watch(process& self, const pid& who, reference timer, ended on_end);
  [[nodiscard]] std::optional<exit_reason> take_kept_exit(const pid& who);
  void end(process& self, const pid& who, const exit_reason& why);

  std::unordered_map<pid, target> targets_;
  std::function<void()> then_;
  std::deque<term> kept_;
};

} // namespace websock::runtime::detail
