// The pending exit reason of a process, allocated early: exiting itself needs no memory.
#pragma once

#include "exit_reason.hpp"

#include <memory>

namespace websock::runtime::detail {

/// Frees a reason unless it is the shared static one.
struct ending_deleter {
  void operator()(const exit_reason* owned) const noexcept;
};
using ending = std::unique_ptr<const exit_reason, ending_deleter>;

/// When there is no memory for `why`, returns a bare `error`.
[[nodiscard]] ending make_ending(exit_reason why) noexcept;

} // namespace websock::runtime::detail
