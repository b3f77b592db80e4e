// Events: attaching handlers to those of a node, and telling one's own.
#pragma once

#include "telemetry/event.hpp"          // IWYU pragma: export
#include "telemetry/event_span.hpp"     // IWYU pragma: export
#include "telemetry/event_table.hpp"    // IWYU pragma: export
#include "telemetry/runtime_events.hpp" // IWYU pragma: export
