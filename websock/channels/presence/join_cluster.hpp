// A presence on several nodes. Needs the library websock::distribution.
#pragma once

#include "websock/channels/presence/presence.hpp"
#include "websock/channels/presence/presence_messages.hpp"
#include "websock/runtime/distribution/cluster.hpp"
#include "websock/runtime/distribution/terms/register_message.hpp"

#include <stdexcept>

namespace websock::channels {

/// From now on `people` knows who is present on the nodes of `nodes` that have a presence
/// of the same name, and they know who is present here. Throws std::logic_error when the
/// presence was made before the cluster.
inline void join_cluster(presence& people, runtime::cluster& nodes) {
  namespace said = presence_message;
  if (people.node_name() != nodes.name())
    throw std::logic_error("presence: make it after the cluster that it is to join");
  using runtime::register_message;
  register_message<said::heartbeat>("presence_heartbeat", &said::heartbeat::node,
                                    &said::heartbeat::creation, &said::heartbeat::seq);
  register_message<said::steps>("presence_steps", &said::steps::node,
                                &said::steps::creation, &said::steps::first,
                                &said::steps::list);
  register_message<said::ask>("presence_ask", &said::ask::node, &said::ask::creation,
                              &said::ask::after, &said::ask::cursor);
  register_message<said::piece>(
      "presence_piece", &said::piece::node, &said::piece::creation, &said::piece::seq,
      &said::piece::after, &said::piece::entries, &said::piece::is_last);
  register_message<said::farewell>("presence_farewell", &said::farewell::node,
                                   &said::farewell::creation);
  nodes.export_name(people.name());
  nodes.monitor_nodes(people.tracker());
  for (const auto& each : nodes.nodes())
    runtime::send(people.tracker(), runtime::node_up{each});
}

} // namespace websock::channels
