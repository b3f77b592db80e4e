// The signals of a server: those that end it, and the one that has it read files again.
#pragma once

#include <functional>
#include <memory>

namespace websock {

/// While it lives, SIGINT and SIGTERM wait here instead of ending the program, and SIGHUP
/// where there is something to do for it.
class stop_signals {
public:
  /// `on_hangup` is called within `wait`; without it, SIGHUP is left alone.
  explicit stop_signals(std::function<void()> on_hangup = {});
  ~stop_signals();
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;

  /// Blocks the calling thread until SIGINT or SIGTERM has come; returns which, or 0
  /// after `cancel`. Other threads run on.
  int wait();
  /// Ends the wait of another thread, or its next one.
  void cancel();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace websock
