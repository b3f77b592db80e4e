// A presence on the nodes that share topics through Redis. Needs the library
// websock::redis.
#pragma once

#include "websock/channels/presence/presence.hpp"
#include "websock/channels/presence/presence_crossing.hpp"
#include "websock/runtime/redis/engine.hpp"

#include <stdexcept>

namespace websock::channels {

/// From now on `people` knows who is present on the nodes at the Redis of `nodes` that
/// have a presence of the same name, and they know who is present here. Throws
/// std::logic_error unless presence_options::node_name is the name of the engine.
inline void join_redis(presence& people, runtime::redis::engine& nodes) {
  if (people.node_name() != nodes.name())
    throw std::logic_error("presence: presence_options::node_name must be the name of "
                           "the engine that it is to join");
  let_presences_cross();
  nodes.monitor_nodes(people.tracker());
  for (const auto& each : nodes.nodes())
    runtime::send(people.tracker(), runtime::node_up{each});
}

} // namespace websock::channels
