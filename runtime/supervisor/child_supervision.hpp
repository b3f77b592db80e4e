// What all kinds of supervisors share: handling messages, answering requests, limiting
// restarts, waiting for children that are stopping.
#pragma once

#include "../address/gen_call.hpp"
#include "../process/process.hpp"
#include "child_shutdown.hpp"
#include "child_spec.hpp"
#include "restart_intensity.hpp"
#include "supervisor_kind.hpp"
#include "supervisor_requests.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace websock::runtime::detail {

/// Part of a supervisor, which passes every message to it.
class child_supervision {
public:
  child_supervision(supervisor_kind& its, std::size_t max_restarts,
                    duration max_period) noexcept
      : kind_(its), intensity_(max_restarts, max_period) {}

  /// Call first, on the process's shard: traps exits, and registers `name` unless it is
  /// empty. Exits when the options are `bad` or the restart period is invalid.
  void start(process& self, const std::string& name,
             std::optional<bad_start_spec> bad = {});
  /// Handles every message of the supervisor. Queues messages while children are
  /// stopping.
  void take(const term& message);

  /// Starts a child. The caller reports a failed start.
  [[nodiscard]] start_result start_child(const child_spec& spec);
  void report_failed_start(const child_spec& spec, const exit_reason& why) const;
  /// Replies with the outcome of a start, once a failed child is gone.
  void answer(const from& caller, const start_result& start);
  /// Calls `again` after the messages already in the mailbox, once a failed child is
  /// gone.
  void retry(const start_result& failed, std::function<void()> again);
  /// Runs `step` once nothing of a failed start is left: a child that is a supervisor may
  /// still be stopping its own children.
  void when_left(const start_result& start, std::function<void()> step);

  /// Whether to restart a child that has exited. Reports the exit.
  [[nodiscard]] bool is_restarted(const child_spec& spec, const pid& child,
                                  const exit_reason& why) const;
  /// Counts one restart. Returns false, and reports it, when that exceeds the limit.
  [[nodiscard]] bool may_restart(const child_spec& spec, const pid& child);

  /// Tells a running child to stop; `spec` must live until the child is gone.
  void stop(const pid& child, const child_spec& spec);
  /// Runs `step` once all children that were told to stop are gone.
  void then(std::function<void()> step);

private:
  void handle(const term& message);
  void serve(const gen_call& call);

  supervisor_kind& kind_;
  process* self_ = nullptr; // set by start
  restart_intensity intensity_;
  child_shutdown shutdown_;
};

} // namespace websock::runtime::detail
