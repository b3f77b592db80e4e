// What holds entries of processes and must drop them when one exits: a registry, a scope
// of process groups.
#pragma once

#include "websock/runtime/address/pid.hpp"

#include <memory>

namespace websock::runtime::detail {

/// A table with entries of processes. Shared with the processes that are in it.
class membership {
public:
  virtual ~membership() = default;
  /// `who` has exited: links and monitors hear of it afterwards. May come twice, and for
  /// a process without entries. Any thread.
  virtual void forget(const pid& who) noexcept = 0;
};

/// What tells a process that it is in a table, on no way yet.
class enrolment;
struct enrolment_deleter {
  void operator()(enrolment* unused) const noexcept;
};
using made_enrolment = std::unique_ptr<enrolment, enrolment_deleter>;

/// Before the table is changed: all memory that `enrol` takes.
[[nodiscard]] made_enrolment make_enrolment(std::shared_ptr<membership> table);
/// Sees to it that the table forgets `who` when that exits, at once if it is dead or has
/// no memory for it. At once also means: before anything that the caller sends to it
/// later. Not while the table is locked. Any thread.
void enrol(const pid& who, made_enrolment made) noexcept;

} // namespace websock::runtime::detail
