// Access to a process's internals, for tests only: suspends it and looks inside.
#pragma once

#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/process/process_block.hpp"

namespace runtime = websock::runtime;

namespace tests {

/// The process itself. Call it only between turns, on a stepped node.
[[nodiscard]] inline runtime::detail::process_block& process_of(const runtime::pid& who) {
  return *runtime::detail::find_block(who);
}
/// The process takes nothing from its mailbox until `resume`. Source:
/// erlang:suspend_process.
inline void suspend(const runtime::pid& who) {
  process_of(who).suspend();
}
inline void resume(const runtime::pid& who) {
  process_of(who).resume();
}

} // namespace tests
