// The reason with which a process ends, kept until it has: that it ends needs no memory.
#pragma once

#include "websock/runtime/term/exit_reason.hpp"

#include <memory>

namespace websock::runtime::detail {

/// Frees a reason, but for the one that is nobody's.
struct ending_deleter {
  void operator()(const exit_reason* owned) const noexcept;
};
using ending = std::unique_ptr<const exit_reason, ending_deleter>;

/// Without memory for `why`: `error`, which says no more.
[[nodiscard]] ending make_ending(exit_reason why) noexcept;

} // namespace websock::runtime::detail
