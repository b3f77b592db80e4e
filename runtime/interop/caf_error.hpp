// Converts exit reasons to CAF errors and back.
#pragma once

#include "../term/exit_reason.hpp"

#include <caf/error.hpp>

namespace websock::runtime::detail {

/// Reasons that CAF has no equivalent for travel in a category of their own and come back
/// unchanged.
[[nodiscard]] caf::error to_error(const exit_reason& why);
/// CAF's reasons in Erlang's terms; any other error becomes `error` with its text.
[[nodiscard]] exit_reason to_reason(const caf::error& error);

} // namespace websock::runtime::detail
