// What holds entries of processes and must drop them when one exits: a registry, a scope
// of process groups.
#pragma once

#include "runtime/pid.hpp"

#include <memory>

namespace runtime::detail {

/// A table with entries of processes. Shared with the processes that are in it.
class membership {
public:
  virtual ~membership() = default;
  /// `who` has exited: links and monitors hear of it afterwards. May come twice, and for
  /// a process without entries. Any thread.
  virtual void forget(const pid& who) noexcept = 0;
};

/// Sees to it that `table` forgets `who` when that exits, at once if it is dead. At once
/// also means: before anything that the caller sends to it later. Any thread.
void enrol(const pid& who, std::shared_ptr<membership> table);

} // namespace runtime::detail
