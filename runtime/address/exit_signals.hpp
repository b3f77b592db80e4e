// Exit and down signals from outside a process: the node's own, and those of foreign CAF
// actors.
#pragma once

#include "websock/runtime/address/system_message.hpp"

namespace websock::runtime::detail {

/// exit(to, why) on behalf of `from`, which may be empty. Any thread; `to` is a process.
void send_exit(const pid& to, pid from, exit_reason why);
/// A foreign actor links or unlinks itself: the process takes note.
void send_link(process& to, pid from);
void send_unlink(process& to, pid from);
/// The end of a linked foreign actor.
void send_link_exit(process& to, pid from, exit_reason why);
/// The same message for the end of a linked actor of another CAF node and for its
/// exit(to, why).
void send_remote_exit(process& to, pid from, exit_reason why);
/// The end of a monitored foreign actor.
void send_down(const pid& to, down message);
/// exit(to, why) for a CAF actor that is not a process.
void exit_foreign(const pid& to, const pid& from, const exit_reason& why);

} // namespace websock::runtime::detail
