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

  /// Blocks the calling thread until one of them has come; returns which, or 0 after
  /// `cancel`. Other threads run on.
  int wait();
  /// Ends the wait of another thread, or its next one.
  void cancel();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace websock
