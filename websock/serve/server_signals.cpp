// The signals of a server.
#include "websock/serve/server_signals.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>

#include <csignal>
#include <utility>

namespace websock {

struct stop_signals::state {
  explicit state(std::function<void()> action) : on_hangup(std::move(action)) {
    if (on_hangup)
      signals.add(SIGHUP);
  }

  /// The next signal, or 0 after a cancel.
  [[nodiscard]] int next();

  asio::io_context io{1};
  // Held between two waits as well: only a cancel stops `io`, and none is missed.
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  asio::signal_set signals{io, SIGINT, SIGTERM};
  const std::function<void()> on_hangup;
};

int stop_signals::state::next() {
  int received = 0;
  signals.async_wait([&](const asio::error_code&, int number) { received = number; });
  while (received == 0 && io.run_one() > 0) // an event may be Asio's own
    continue;
  return received;
}

stop_signals::stop_signals(std::function<void()> on_hangup)
    : state_(std::make_unique<state>(std::move(on_hangup))) {
}

stop_signals::~stop_signals() = default;

int stop_signals::wait() {
  int received = state_->next();
  while (received == SIGHUP) {
    state_->on_hangup();
    received = state_->next();
  }
  return received;
}

void stop_signals::cancel() {
  state_->io.stop();
}

} // namespace websock
