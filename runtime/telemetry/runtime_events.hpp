// The events of processes, supervisors and nodes. docs/events.md says what each carries.
#pragma once

#include "event_name.hpp"

namespace websock::runtime::events {

inline constexpr event_name process_start("websock.process.start");
inline constexpr event_name process_exit("websock.process.exit");
inline constexpr event_name process_crash("websock.process.crash");
inline constexpr event_name process_suspend("websock.process.suspend");
inline constexpr event_name process_resume("websock.process.resume");
inline constexpr event_name mailbox_full("websock.mailbox.full");
inline constexpr event_name supervisor_restart("websock.supervisor.restart");
inline constexpr event_name supervisor_gave_up("websock.supervisor.gave_up");
inline constexpr event_name turn_slow("websock.turn.slow");
inline constexpr event_name node_up("websock.cluster.node_up");
inline constexpr event_name node_down("websock.cluster.node_down");
inline constexpr event_name handler_failed("websock.telemetry.handler_failed");

} // namespace websock::runtime::events
