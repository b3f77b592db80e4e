// The metrics of connections, requests and handshakes of a node.
#pragma once

namespace websock::runtime {
class node;
}

namespace websock {

/// Counts them from the first call on. Any thread.
void count_websockets(runtime::node& owner);

} // namespace websock
