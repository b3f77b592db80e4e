// The signals that end a server.
#pragma once

#include <memory>

namespace websock {

/// While it lives, SIGINT and SIGTERM wait here instead of ending the program.
class stop_signals {
public:
  stop_signals();
  ~stop_signals();
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;

  /// Blocks the calling thread until one of them has come; returns which. Other threads
  /// run on.
  int wait();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace websock
