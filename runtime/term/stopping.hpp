// How a callback ends its process: by what it returns, or by what it throws.
#pragma once

#include "exit_reason.hpp"

#include <utility>

namespace websock::runtime {

/// The value of `stop`: a callback of a gen_server or of a connection returns it.
struct [[nodiscard]] stopping {
  exit_reason why;
};

/// {stop, Reason, State}: the process handles nothing more, calls `terminate`, and exits
/// with `why`. A connection goes through the close handshake first
/// (websock/handle_result.hpp).
inline stopping stop(exit_reason why) {
  return {std::move(why)};
}

/// Thrown by `process::exit(reason)` to unwind the callback; not meant to be caught.
struct exit_request {
  exit_reason reason;
};

/// Thrown when a process sends an exit signal to itself that ends it: no callback comes
/// after it, not even terminate. Source: erlang:exit/2 with self().
struct signalled_exit : exit_request {};

} // namespace websock::runtime
