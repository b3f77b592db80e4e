// What an engine counts, as metrics.
#pragma once

#include "../metrics/metric_source.hpp"

namespace websock::runtime {

class node;

namespace redis {

class engine;

/// While the result lives, the figures of `its` are among the metrics of `owner`, whose
/// engine it is. Throws std::invalid_argument for a second time.
[[nodiscard]] metric_source engine_metrics(node& owner, const engine& its);

} // namespace redis
} // namespace websock::runtime
