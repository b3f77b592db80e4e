// Broadcasts on their way to other nodes of a cluster.
#pragma once

namespace websock::channels {

/// From now on a broadcast_message crosses to other nodes: as
/// `{websock_broadcast, Topic, Event, Payload}`, whose payload is a binary of JSON text,
/// or
/// `{binary, Octets}`. What clients get is made once on each node. False in a build
/// without the library websock::distribution, where no node has others.
bool let_broadcasts_cross();

} // namespace websock::channels
