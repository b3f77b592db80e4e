// What a node and its shards tell about themselves.
#pragma once

#include "../time/clock.hpp"

namespace websock::runtime {

class metric_set;
class node;
class shard;

namespace detail {

/// Any thread.
void add_node_metrics(node& owner, metric_set& into);
/// On the shard, which was asked at `since`.
void add_shard_metrics(shard& home, time_point since, metric_set& into);

} // namespace detail
} // namespace websock::runtime
