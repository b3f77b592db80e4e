// Shutting down children and waiting until they are gone, while the shard goes on.
#pragma once

#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/supervisor/child_spec.hpp"
#include "websock/runtime/term/exit_reason.hpp"
#include "websock/runtime/term/reference.hpp"
#include "websock/runtime/term/term.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <unordered_map>

namespace websock::runtime::detail {

/// Where OTP's supervisor blocks in a selective receive, this one keeps what is not about
/// the shutdown until that is over, and hands it out in order then. Part of a behaviour
/// that traps exits and passes it every message.
class child_shutdown {
public:
  /// Tells the child to stop, and kills it when its time is up. `spec` must live until
  /// the child is gone. Not after `then`, until its step runs.
  void begin(process& self, const pid& child, const child_spec& spec);
  /// Waits for a process that is already stopping. The same condition.
  void await(process& self, const pid& leaving);
  /// Runs `step` when everyone is gone: now, or in a later turn. Steps follow each other:
  /// the next one is set within this one, or when nobody is waited for.
  void then(std::function<void()> step);

  /// True when it took the message: it is about the shutdown, or kept until that is over.
  [[nodiscard]] bool take(process& self, const term& message);
  /// The oldest message that was kept, once everyone is gone.
  [[nodiscard]] std::optional<term> next();

private:
  enum class phase : std::uint8_t {
    idle,      // nobody is stopping
    gathering, // processes are stopping, `then` is still to come
    waiting,   // the step runs when the last of them is gone
  };
  enum class meaning : std::uint8_t {
    for_supervisor, // nobody is stopping: the supervisor handles it
    kept,           // the supervisor handles it later
    overdue,        // the timer of a child
    reason,         // the exit signal of a child
    gone,           // the `down` of a process that is waited for
  };
  struct target {
    reference monitor;
    reference timer;
    std::optional<exit_reason>
        reason;             // of its exit signal, which counts if there was one
    const child_spec* spec; // null for one that is stopping by itself
  };

  [[nodiscard]] phase now() const noexcept;
  [[nodiscard]] meaning meaning_of(const term& message) const;
  void watch(process& self, const pid& who, reference timer, const child_spec* spec);
  [[nodiscard]] std::optional<exit_reason> take_kept_exit(const pid& who);
  void gone(process& self, const down& last);

  std::unordered_map<pid, target> targets_;
  std::function<void()> then_; // only while there are targets
  std::deque<term> kept_;
};

} // namespace websock::runtime::detail
