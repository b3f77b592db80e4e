// The events of servers and connections, and the trace that a request belongs to.
#pragma once

#include "websock/runtime/telemetry.hpp"       // IWYU pragma: export
#include "websock/telemetry/server_events.hpp" // IWYU pragma: export
#include "websock/telemetry/trace_context.hpp" // IWYU pragma: export
