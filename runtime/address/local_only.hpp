// Operations that only a process of this node can have, as in Erlang.
#pragma once

#include "pid.hpp"

namespace websock::runtime::detail {

[[noreturn]] void throw_not_local(const char* operation, const pid& who);

/// Throws std::invalid_argument, which names the operation, for a process of another
/// node. Source: Erlang's badarg.
inline void check_local(const char* operation, const pid& who) {
  if (who.is_remote())
    throw_not_local(operation, who);
}

} // namespace websock::runtime::detail
