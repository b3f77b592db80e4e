// Metrics as the text that Prometheus reads.
#pragma once

#include "metric_set.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace websock::runtime {

/// Prometheus' text format 0.0.4, or OpenMetrics 1.0.0.
enum class metric_format : std::uint8_t { prometheus, openmetrics };

[[nodiscard]] std::string to_text(const metric_set& metrics, metric_format format);
/// The value of Content-Type.
[[nodiscard]] std::string_view content_type(metric_format format) noexcept;

} // namespace websock::runtime
