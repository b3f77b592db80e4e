// Shuts down children and waits until they are gone, without blocking the shard.
#pragma once

#include "../address/pid.hpp"
#include "../term/exit_reason.hpp"
#include "../term/reference.hpp"
#include "../term/term.hpp"
#include "child_spec.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <unordered_map>

namespace websock::runtime::detail {

/// OTP's supervisor blocks in a selective receive during a shutdown. This one queues
/// unrelated messages instead, and hands them out in order once the shutdown is complete.
/// Part of a behaviour that traps exits and passes it every message.
class child_shutdown {
public:
  /// Tells the child to stop, and kills it when its shutdown limit expires. `spec` must
  /// outlive the child. Must not be called between `then` and its step.
  void begin(process& self, const pid& child, const child_spec& spec);
  /// Waits for a process that is already stopping. Same precondition as `begin`.
  void await(process& self, const pid& leaving);
  /// Runs `step` once all of them are gone: now, or in a later turn. Only one step may be
  /// pending: set the next one from within this one, or later.
  void then(std::function<void()> step);

  /// True when it took the message: it belongs to the shutdown, or is queued until that
  /// completes.
  [[nodiscard]] bool take(process& self, const term& message);
  /// The oldest queued message, once no process is stopping.
  [[nodiscard]] std::optional<term> next();

private:
  enum class phase : std::uint8_t {
    idle,      // no process is stopping
    gathering, // processes are stopping; `then` has not been called yet
    waiting,   // the step runs once the last of them is gone
  };
  enum class meaning : std::uint8_t {
    for_supervisor, // no shutdown is pending: the supervisor handles it
    kept,           // queued: the supervisor handles it later
    overdue,        // the shutdown timer of a child
    reason,         // the exit signal of a child
    gone,           // the `down` of an awaited process
  };
  struct target {
    reference monitor;
    reference timer;
    std::optional<exit_reason>
        reason;             // from its exit signal; wins over the one in `down`
    const child_spec* spec; // null when it was already stopping
  };

  [[nodiscard]] phase now() const noexcept;
  [[nodiscard]] meaning meaning_of(const term& message) const;
  void watch(process& self, const pid& who, reference timer, const child_spec* spec);
  [[nodiscard]] std::optional<exit_reason> take_kept_exit(const pid& who);
  void gone(process& self, const down& last);

  std::unordered_map<pid, target> targets_;
  std::function<void()> then_; // set only while there are targets
  std::deque<term> kept_;
};

} // namespace websock::runtime::detail
