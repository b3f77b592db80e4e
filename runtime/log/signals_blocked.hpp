// Keeps the program's signals off a thread.
#pragma once

#include <csignal>

namespace websock::runtime::detail {

/// While it lives, this thread and threads created by it handle no signals; the program's
/// other threads do. A SIGPIPE raised by a write in this time is not delivered later
/// either.
class signals_blocked {
public:
  signals_blocked() noexcept {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~signals_blocked() {
    take_pipe_signal();
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  signals_blocked(const signals_blocked&) = delete;
  signals_blocked& operator=(const signals_blocked&) = delete;

private:
  static void take_pipe_signal() noexcept {
    sigset_t broken_pipe;
    ::sigemptyset(&broken_pipe);
    ::sigaddset(&broken_pipe, SIGPIPE);
    const timespec at_once{};
    static_cast<void>(::sigtimedwait(&broken_pipe, nullptr, &at_once));
  }

  sigset_t before_{};
};

} // namespace websock::runtime::detail
