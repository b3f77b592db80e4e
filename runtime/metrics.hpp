// Metrics of a node in Prometheus' and OpenMetrics' formats, and a program's own.
#pragma once

#include "metrics/instruments.hpp"   // IWYU pragma: export
#include "metrics/metric_set.hpp"    // IWYU pragma: export
#include "metrics/metric_source.hpp" // IWYU pragma: export
#include "metrics/metric_text.hpp"   // IWYU pragma: export
#include "metrics/metrics.hpp"       // IWYU pragma: export
