// A presence on the nodes of a cluster. Needs the library websock::distribution.
#pragma once

#include "websock/channels/presence/presence.hpp"
#include "websock/channels/presence/presence_crossing.hpp"
#include "websock/runtime/distribution/cluster.hpp"

#include <stdexcept>

namespace websock::channels {

/// From now on `people` knows who is present on the nodes of `nodes` that have a presence
/// of the same name, and they know who is present here. Throws std::logic_error when the
/// presence was made before the cluster.
inline void join_cluster(presence& people, runtime::cluster& nodes) {
  if (people.node_name() != nodes.name())
    throw std::logic_error("presence: make it after the cluster that it is to join");
  let_presences_cross();
  nodes.export_name(people.name());
  nodes.monitor_nodes(people.tracker());
  for (const auto& each : nodes.nodes())
    runtime::send(people.tracker(), runtime::node_up{each});
}

} // namespace websock::channels
