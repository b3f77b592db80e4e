// What every supervisor does, whoever its children are: taking messages, answering
// requests, restarting with a limit, waiting for children that stop.
#pragma once

#include "websock/runtime/address/gen_call.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/supervisor/child_shutdown.hpp"
#include "websock/runtime/supervisor/child_spec.hpp"
#include "websock/runtime/supervisor/restart_intensity.hpp"
#include "websock/runtime/supervisor/supervisor_kind.hpp"
#include "websock/runtime/supervisor/supervisor_requests.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace websock::runtime::detail {

/// Part of a supervisor, which passes it every message.
class child_supervision {
public:
  child_supervision(supervisor_kind& its, std::size_t max_restarts,
                    duration max_period) noexcept
      : kind_(its), intensity_(max_restarts, max_period) {}

  /// Before all else, on the process's shard: traps exits, and takes the name unless that
  /// is empty. Exits when the options are `bad`, or the period is.
  void start(process& self, const std::string& name,
             std::optional<bad_start_spec> bad = {});
  /// Every message of the supervisor. While children stop, it waits here.
  void take(const term& message);

  /// Starts a child. One that does not come up is the caller's to report.
  [[nodiscard]] start_result start_child(const child_spec& spec);
  void report_failed_start(const child_spec& spec, const exit_reason& why) const;
  /// Answers the caller with what has become of a start, once a failed child is gone.
  void answer(const from& caller, const start_result& start);
  /// Calls `again` behind the messages that wait already, once a failed child is gone.
  void retry(const start_result& failed, std::function<void()> again);
  /// Runs `step` once what a failed start has left behind is gone: a child that is a
  /// supervisor may still be stopping its own.
  void when_left(const start_result& start, std::function<void()> step);

  /// Whether a child that has exited is to be restarted. Reports the exit.
  [[nodiscard]] bool is_restarted(const child_spec& spec, const pid& child,
                                  const exit_reason& why) const;
  /// Counts one restart. False, and reported, when it is one too many.
  [[nodiscard]] bool may_restart(const child_spec& spec, const pid& child);

  /// Tells a child that runs to stop; `spec` must live until it is gone.
  void stop(const pid& child, const child_spec& spec);
  /// Runs `step` when all children that were told to stop are gone.
  void then(std::function<void()> step);

private:
  void handle(const term& message);
  void serve(const gen_call& call);

  supervisor_kind& kind_;
  process* self_ = nullptr; // from start on
  restart_intensity intensity_;
  child_shutdown shutdown_;
};

} // namespace websock::runtime::detail
