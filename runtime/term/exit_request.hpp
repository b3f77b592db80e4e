// What ends a process from within its callback: exceptions that are not meant to be
// caught.
#pragma once

#include "websock/runtime/term/exit_reason.hpp"

namespace websock::runtime {

/// Thrown by `process::exit(reason)` to unwind the callback; not meant to be caught.
struct exit_request {
  exit_reason reason;
};

/// Thrown when a process sends an exit signal to itself that ends it: no callback comes
/// after it, not even terminate. Source: erlang:exit/2 with self().
struct signalled_exit : exit_request {};

} // namespace websock::runtime
