// Terms to CAF messages and back, without a copy of the values.
#pragma once

#include "websock/runtime/term/term.hpp"

#include <caf/message.hpp>

namespace caf {
class actor_system;
}

namespace websock::runtime::detail {

/// Elements keep their types, so that a CAF behaviour matches them.
[[nodiscard]] caf::message to_message(const term& value);
/// The same, but what cannot be sent to another node is a text to CAF.
[[nodiscard]] caf::message to_sendable_message(const term& value);
/// Throws std::invalid_argument unless CAF can send the term to another node: it can
/// write its own types, numbers and text among them, and what has come as a message of
/// types that `system` knows.
void check_sendable(const term& value, caf::actor_system& system);
/// Shares the message's values. An empty message is the term of no elements.
[[nodiscard]] term to_term(caf::message message);

} // namespace websock::runtime::detail
