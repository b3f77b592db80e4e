// Waiting for the signal that ends a server.
#pragma once

namespace websock {

/// Blocks the calling thread until SIGINT or SIGTERM; returns which. Other threads run
/// on.
int wait_for_stop_signal();

} // namespace websock
