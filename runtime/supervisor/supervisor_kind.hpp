// How the kinds of supervisors differ.
#pragma once

#include "../address/gen_call.hpp"
#include "../address/pid.hpp"
#include "../term/exit_reason.hpp"
#include "child_spec.hpp"
#include "supervisor_requests.hpp"

#include <vector>

namespace websock::runtime::detail {

/// A kind of supervisor: which children it has, and what to do when one exits. Not called
/// while a child is stopping.
class supervisor_kind {
public:
  /// A process has exited; it may not be a running child.
  virtual void child_exited(const pid& child, const exit_reason& why) = 0;
  /// Answers start_child.
  virtual void add(const child_spec& spec, const from& caller) = 0;
  /// Answers a request about one child. False for an unknown request.
  [[nodiscard]] virtual bool serve(const gen_call& call) = 0;
  [[nodiscard]] virtual std::vector<child_info> list() const = 0;
  [[nodiscard]] virtual child_counts count() const = 0;
  /// Stops all children, then exits.
  virtual void end(const exit_reason& why) = 0;

protected:
  ~supervisor_kind() = default;
};

} // namespace websock::runtime::detail
