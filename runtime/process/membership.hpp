// Tables that list processes and must forget those that exit: registries and scopes of
// process groups.
#pragma once

#include "../address/pid.hpp"

#include <memory>

namespace websock::runtime::detail {

/// A table that lists processes. Shared with the processes that it lists.
class membership {
public:
  virtual ~membership() = default;
  /// `who` has exited; links and monitors hear of it only afterwards. May be called
  /// twice, and for a process that is not listed. Any thread.
  virtual void forget(const pid& who) noexcept = 0;
};

/// Tells a process that a table lists it; not sent yet.
class enrolment;
struct enrolment_deleter {
  void operator()(enrolment* unused) const noexcept;
};
using made_enrolment = std::unique_ptr<enrolment, enrolment_deleter>;

/// Allocates everything that `enrol` needs; call it before changing the table.
[[nodiscard]] made_enrolment make_enrolment(std::shared_ptr<membership> table);
/// Makes the table forget `who` on exit, or at once if it is dead or has no memory for
/// the enrolment. At once means before any signal that the caller sends to it later. The
/// table must not be locked. Any thread.
void enrol(const pid& who, made_enrolment made) noexcept;

} // namespace websock::runtime::detail
