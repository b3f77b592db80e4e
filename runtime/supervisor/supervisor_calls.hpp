// Starting and asking supervisors from a thread, and waiting for what they answer.
#pragma once

#include "websock/runtime/server/thread_process.hpp"
#include "websock/runtime/supervisor/dynamic_supervisor.hpp"
#include "websock/runtime/supervisor/supervisor.hpp"
#include "websock/runtime/supervisor/supervisor_requests.hpp"
#include "websock/runtime/term/exit_reason.hpp"
#include "websock/runtime/time/clock.hpp"

#include <string>
#include <vector>

namespace websock::runtime {

/// A supervisor linked to `parent`, up with all its children, or the reason why not.
/// A process writes `self().start_link<supervisor>(options)` as well. Source:
/// supervisor:start_link.
[[nodiscard]] start_result start_supervisor(process& parent, supervisor_options options);
/// The same from a thread; when it fails, nothing is left of it on return.
[[nodiscard]] start_result start_supervisor(thread_process& parent,
                                            supervisor_options options);
/// One that no process is linked to, on the next shard in turn: the top of a tree, which
/// stops with the node. Returns before it has started its children.
pid start_supervisor(node& on, supervisor_options options);

[[nodiscard]] start_result
start_dynamic_supervisor(process& parent, dynamic_supervisor_options options = {});
[[nodiscard]] start_result
start_dynamic_supervisor(thread_process& parent, dynamic_supervisor_options options = {});
pid start_dynamic_supervisor(node& on, dynamic_supervisor_options options = {});

// Each asks and waits without limit, as in OTP: a supervisor answers when no child is on
// its way out. Throws call_failed when it exits before.

/// The new child; `already_present`, `already_started`, `max_children`, `failed`.
child_result start_child(thread_process& me, const pid& supervisor, child_spec spec);
/// Stops a child for good, permanent or not; `not_found`.
child_result terminate_child(thread_process& me, const pid& supervisor, std::string id);
/// The same for a dynamic_supervisor.
child_result terminate_child(thread_process& me, const pid& supervisor, const pid& child);
/// Forgets a child that does not run; `running`, `restarting`, `not_found`.
child_result delete_child(thread_process& me, const pid& supervisor, std::string id);
/// Starts a child that does not run; `running`, `restarting`, `not_found`, `failed`.
child_result restart_child(thread_process& me, const pid& supervisor, std::string id);
/// The last started first.
[[nodiscard]] std::vector<child_info> which_children(thread_process& me,
                                                     const pid& supervisor);
[[nodiscard]] child_counts count_children(thread_process& me, const pid& supervisor);

/// Ends a supervisor or a gen_server in order and waits until it is gone. Throws
/// call_failed when it exits with another reason. Source: GenServer.stop/3.
void stop(thread_process& me, const pid& server, const exit_reason& why = reason::normal,
          duration limit = infinity);

} // namespace websock::runtime
