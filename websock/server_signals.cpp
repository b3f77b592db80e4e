// The signals that end a server.
#include "websock/server_signals.hpp"

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>

#include <csignal>

namespace websock {

struct stop_signals::state {
  asio::io_context io{1};
  asio::signal_set signals{io, SIGINT, SIGTERM};
};

stop_signals::stop_signals() : state_(std::make_unique<state>()) {
}

stop_signals::~stop_signals() = default;

int stop_signals::wait() {
  int received = 0;
  state_->signals.async_wait(
      [&](const asio::error_code&, int number) { received = number; });
  while (received == 0 && state_->io.run_one() > 0) // one event may be Asio's own
    continue;
  if (received != 0)
    state_->io.restart(); // it has run out of work; for the next wait
  return received;
}

void stop_signals::cancel() {
  state_->io.stop();
}

} // namespace websock
