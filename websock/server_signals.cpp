// Waiting for the signal that ends a server.
#include "websock/server_signals.hpp"

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>

#include <csignal>

namespace websock {

int wait_for_stop_signal() {
  asio::io_context io(1);
  asio::signal_set signals(io, SIGINT, SIGTERM);
  int received = 0;
  signals.async_wait([&](const asio::error_code&, int number) { received = number; });
  io.run();
  return received;
}

} // namespace websock
