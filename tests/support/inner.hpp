// What a test does to a process that no program may: a place to hold it, and to look into
// it.
#pragma once

#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/process/process_block.hpp"

namespace runtime = websock::runtime;

namespace tests {

/// The process itself. Between turns only, for a node that the test steps.
[[nodiscard]] inline runtime::detail::process_block& process_of(const runtime::pid& who) {
  return *runtime::detail::find_block(who);
}
/// It takes nothing from its mailbox until `resume`. Source: erlang:suspend_process.
inline void suspend(const runtime::pid& who) {
  process_of(who).suspend();
}
inline void resume(const runtime::pid& who) {
  process_of(who).resume();
}

} // namespace tests
