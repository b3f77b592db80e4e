// Terms to CAF messages and back, without a copy of the values.
#pragma once

#include "runtime/term.hpp"

#include <caf/message.hpp>

namespace runtime::detail {

/// Elements keep their types, so that a CAF behaviour matches them; a value of a type
/// that CAF does not know cannot be sent to another node.
[[nodiscard]] caf::message to_message(const term& value);
/// Shares the message's values. An empty message is the term of no elements.
[[nodiscard]] term to_term(caf::message message);

} // namespace runtime::detail
