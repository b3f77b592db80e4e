// Exit and down signals from outside a process: from the node itself and from foreign CAF
// actors. Those of other nodes are in remote_signals.hpp.
#pragma once

#include "system_message.hpp"

namespace websock::runtime::detail {

/// exit(to, why) on behalf of `from`, which may be empty. Any thread; `to` must be a
/// process.
void send_exit(const pid& to, pid from, exit_reason why);
/// A foreign actor has linked or unlinked itself: updates the process's links.
void send_link(process& to, pid from);
void send_unlink(process& to, pid from);
/// A linked foreign actor has exited.
void send_link_exit(process& to, pid from, exit_reason why);
/// A linked actor on another CAF node has exited or called exit(to, why): CAF sends the
/// same message for both.
void send_remote_exit(process& to, pid from, exit_reason why);
/// A monitored foreign actor has exited.
void send_down(const pid& to, down message);
/// exit(to, why) for what is foreign: a process of another node, or a CAF actor.
void exit_foreign(const pid& to, const pid& from, const exit_reason& why);
/// exit(to, why) for a CAF actor that is not a process (caf_actor.cpp).
void exit_actor(const pid& to, const pid& from, const exit_reason& why);

} // namespace websock::runtime::detail
