// What the load generator can do to a server. Each connects, measures, disconnects, and
// returns what it found as JSON; what is wrong with what came back is a
// std::runtime_error.
#pragma once

#include "bench/load/settings.hpp"

#include <nlohmann/json.hpp>

namespace bench {

/// Every connection keeps `depth` messages in flight.
[[nodiscard]] nlohmann::json measure_echo(const settings& wanted);
/// Messages leave on a schedule of `rate`, and latency counts from when each was due,
/// whether it could leave then or not (no coordinated omission).
[[nodiscard]] nlohmann::json measure_paced_echo(const settings& wanted);
/// One connection sends, all receive it, itself too; `depth` broadcasts are on their way.
/// An operation is one delivery. `silent` further connections never read.
[[nodiscard]] nlohmann::json measure_fanout(const settings& wanted);
/// Memory of the server and the kernel for connections that have echoed a message and do
/// nothing now.
[[nodiscard]] nlohmann::json measure_idle(const settings& wanted);
/// Channels that are joined and left, one at a time on each connection. An operation is
/// both.
[[nodiscard]] nlohmann::json measure_visits(const settings& wanted);
/// Connections that are opened, upgraded and closed, `connections` at a time. An
/// operation is one of them.
[[nodiscard]] nlohmann::json measure_churn(const settings& wanted);

} // namespace bench
