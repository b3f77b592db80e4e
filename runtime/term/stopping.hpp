// That a callback ends its process.
#pragma once

#include "websock/runtime/term/exit_reason.hpp"

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

} // namespace websock::runtime
