// How processes of other nodes come into a scope of process groups, and leave it again.
#pragma once

#include "../address/pid.hpp"
#include "process_group.hpp"

#include <string_view>
#include <vector>

namespace websock::runtime::detail {

/// For the library that connects nodes: a scope can't see that a process of another node
/// exits, so whoever has it join must have it leave. Any thread.
struct remote_membership {
  static void join(process_group::scope& groups, std::string_view group,
                   const std::vector<pid>& pids);
  /// Undoes one join of each. Monitors hear of it unless there is no memory for that.
  static void leave(process_group::scope& groups, std::string_view group,
                    const std::vector<pid>& pids) noexcept;
};

} // namespace websock::runtime::detail
