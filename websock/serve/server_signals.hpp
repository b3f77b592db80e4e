// The signals of a server: those that stop it, and the one that reloads its files.
#pragma once

#include <functional>
#include <memory>

namespace websock {

/// While it lives, SIGINT and SIGTERM are held for `wait` instead of ending the program;
/// so is SIGHUP if there is an action for it.
class stop_signals {
public:
  /// `on_hangup` runs inside `wait`; without it, SIGHUP is left alone.
  explicit stop_signals(std::function<void()> on_hangup = {});
  ~stop_signals();
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;

  /// Blocks the calling thread until SIGINT or SIGTERM arrives; returns which, or 0 after
  /// `cancel`. Other threads keep running.
  int wait();
  /// Ends another thread's wait, or the next one.
  void cancel();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace websock
