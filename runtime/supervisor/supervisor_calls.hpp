// Starts and calls supervisors from a thread, and waits for their replies.
#pragma once

#include "../server/thread_process.hpp"
#include "../term/exit_reason.hpp"
#include "../time/clock.hpp"
#include "dynamic_supervisor.hpp"
#include "supervisor.hpp"
#include "supervisor_requests.hpp"

#include <string>
#include <vector>

namespace websock::runtime {

/// Starts a supervisor linked to `parent`; returns it with all its children up, or the
/// reason for the failure. A process can also write
/// `self().start_link<supervisor>(options)`. Source: supervisor:start_link.
[[nodiscard]] start_result start_supervisor(process& parent, supervisor_options options);
/// The same from a thread; after a failure, nothing of it is left on return.
[[nodiscard]] start_result start_supervisor(thread_process& parent,
                                            supervisor_options options);
/// Starts a supervisor that is linked to no process, on the next shard in turn: the root
/// of a tree, which stops with the node. Returns before its children have started.
pid start_supervisor(node& on, supervisor_options options);

[[nodiscard]] start_result
start_dynamic_supervisor(process& parent, dynamic_supervisor_options options = {});
[[nodiscard]] start_result
start_dynamic_supervisor(thread_process& parent, dynamic_supervisor_options options = {});
pid start_dynamic_supervisor(node& on, dynamic_supervisor_options options = {});

// Each call waits for the reply without limit, as in OTP: a supervisor does not reply
// while a child is stopping. Throws call_failed when the supervisor exits first.

/// Returns the new child, or `already_present`, `already_started`, `max_children`,
/// `failed`.
child_result start_child(thread_process& me, const pid& supervisor, child_spec spec);
/// Stops a child for good, permanent or not; or `not_found`.
child_result terminate_child(thread_process& me, const pid& supervisor, std::string id);
/// The same for a dynamic_supervisor.
child_result terminate_child(thread_process& me, const pid& supervisor, const pid& child);
/// Forgets a stopped child; or `running`, `restarting`, `not_found`.
child_result delete_child(thread_process& me, const pid& supervisor, std::string id);
/// Starts a stopped child again; or `running`, `restarting`, `not_found`, `failed`.
child_result restart_child(thread_process& me, const pid& supervisor, std::string id);
/// Last started first.
[[nodiscard]] std::vector<child_info> which_children(thread_process& me,
                                                     const pid& supervisor);
[[nodiscard]] child_counts count_children(thread_process& me, const pid& supervisor);

/// Shuts down a supervisor or a gen_server and waits until it is gone. Throws call_failed
/// when it exits with another reason. Source: GenServer.stop/3.
void stop(thread_process& me, const pid& server, const exit_reason& why = reason::normal,
          duration limit = infinity);

} // namespace websock::runtime
