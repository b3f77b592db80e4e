// The other nodes of a cluster as metrics.
#pragma once

#include "../metrics/metric_source.hpp"

namespace websock::runtime {

class cluster;
class node;

/// While the result lives, the figures of `peers` are among the metrics of `owner`, whose
/// cluster it is: `const auto shown = runtime::cluster_metrics(node, cluster);`. Throws
/// std::invalid_argument for a second time.
[[nodiscard]] metric_source cluster_metrics(node& owner, const cluster& peers);

} // namespace websock::runtime
