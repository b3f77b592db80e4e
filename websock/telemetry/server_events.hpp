// The events of servers and connections. docs/events.md says what each carries.
#pragma once

#include "websock/runtime/telemetry/event_name.hpp"

namespace websock::events {

using runtime::event_name;

inline constexpr event_name connection_start("websock.connection.start");
inline constexpr event_name connection_stop("websock.connection.stop");
inline constexpr event_name request_stop("websock.request.stop");
inline constexpr event_name handshake_refused("websock.handshake.refused");
inline constexpr event_name websocket_start("websock.websocket.start");
inline constexpr event_name websocket_stop("websock.websocket.stop");
inline constexpr event_name callback_start("websock.callback.start");
inline constexpr event_name callback_stop("websock.callback.stop");
inline constexpr event_name callback_exception("websock.callback.exception");
inline constexpr runtime::span_events callback{callback_start, callback_stop,
                                               callback_exception};
inline constexpr event_name tls_failed("websock.tls.failed");
inline constexpr event_name accept_pause("websock.accept.pause");
inline constexpr event_name drain_start("websock.drain.start");
inline constexpr event_name drain_progress("websock.drain.progress");
inline constexpr event_name drain_stop("websock.drain.stop");

} // namespace websock::events
