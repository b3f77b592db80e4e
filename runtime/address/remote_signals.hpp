// What processes of other nodes do to those of this one: the distribution calls these as
// the operations come in. The other direction is in remote_process.hpp.
#pragma once

#include "../term/exit_reason.hpp"
#include "../term/reference.hpp"
#include "../term/term.hpp"
#include "pid.hpp"
#include "system_message.hpp"

#include <cstdint>
#include <string>

namespace websock::runtime::detail {

// Any thread, but not from within a function of remote_process or remote_gate. Those that
// one thread calls take effect in order, also among the messages that it sends; from the
// shard of the local process at once, from elsewhere through its inbox. Each throws
// std::bad_alloc and has then done nothing.
//
// `to`, `watcher` and `caller` are local processes, dead or alive; `from` is the remote
// one. Messages go by runtime::send, and exit(pid, reason) by send_exit.

/// Enters a link, or answers `link_refused`. Source: erl_dist_protocol, LINK.
void link_from(const pid& to, pid from);
/// Removes the link, if there is one, and answers `unlink_acknowledged` with `id` in any
/// case. Source: UNLINK_ID.
void unlink_from(const pid& to, pid from, std::uint64_t id);
/// Once for each `remote_process::unlink`. Source: UNLINK_ID_ACK.
void acknowledge_unlink(const pid& to, pid from);
/// The exit signal of a link; void if `to` is not linked with `from`. Also for a lost
/// connection, with `noconnection`. Source: EXIT.
void linked_exit(const pid& to, pid from, exit_reason why);

/// `watcher` is the remote process, and `ref` one that no other monitor has. Answers
/// `monitor_ended` when `to` exits, and with `noproc` when it is dead or empty. `name` is
/// set for a monitor by name. Source: MONITOR_P.
void monitor_from(const pid& to, pid watcher, reference ref, std::string name);
/// Source: DEMONITOR_P.
void demonitor_from(const pid& to, reference ref);
/// The `down` of a monitor that `watcher` has; void if it has none with that reference.
/// It ends a request with that reference. Also for a lost connection, with
/// `noconnection`. Source: MONITOR_P_EXIT.
void monitored_exit(const pid& watcher, down message);
/// The reply to `remote_process::send_request`; only the first one counts.
void answer_request(const pid& caller, reference id, term value);

} // namespace websock::runtime::detail
