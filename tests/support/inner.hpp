// What a test does to a process that no program may: a place to hold it, and to look into
// it.
#pragma once

#include "runtime/access.hpp"
#include "runtime/pid.hpp"
#include "runtime/process.hpp"

namespace tests {

/// The process itself. Between turns only, for a node that the test steps.
[[nodiscard]] inline runtime::process& process_of(const runtime::pid& who) {
  return *runtime::detail::access::local(who);
}
/// It takes nothing from its mailbox until `resume`. Source: erlang:suspend_process.
inline void suspend(const runtime::pid& who) {
  runtime::detail::access::suspend(process_of(who));
}
inline void resume(const runtime::pid& who) {
  runtime::detail::access::resume(process_of(who));
}

} // namespace tests
