// Metrics of a node and its servers in Prometheus' and OpenMetrics' formats.
#pragma once

#include "websock/metrics/websocket_metrics.hpp" // IWYU pragma: export
#include "websock/runtime/metrics.hpp"           // IWYU pragma: export
