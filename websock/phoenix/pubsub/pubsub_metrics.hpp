// What a member of a Phoenix.PubSub counts, as metrics.
#pragma once

#include "websock/runtime/metrics/metric_source.hpp"

#include <string>

namespace websock::runtime {
class node;
}

namespace websock::phoenix {

class pubsub;

/// While the result lives, the figures of `its` are among the metrics of `owner`, with
/// the label `pubsub`. Throws std::invalid_argument for a name that is taken.
[[nodiscard]] runtime::metric_source
pubsub_metrics(runtime::node& owner, const pubsub& its, const std::string& name);

} // namespace websock::phoenix
