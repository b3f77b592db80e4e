// Converts terms to CAF messages and back, without copying the values.
#pragma once

#include "../term/term.hpp"

#include <caf/message.hpp>

namespace caf {
class actor_system;
}

namespace websock::runtime::detail {

/// The elements keep their types, so that a CAF behaviour can match them.
[[nodiscard]] caf::message to_message(const term& value);
/// The same, but a term that cannot be sent to another node becomes text to CAF.
[[nodiscard]] caf::message to_sendable_message(const term& value);
/// Throws std::invalid_argument unless CAF can send the term to another node: it can
/// write its own types, such as numbers and text, and a term that came as a message with
/// types known to `system`.
void check_sendable(const term& value, caf::actor_system& system);
/// Shares the values of the message. An empty message becomes a term without elements.
[[nodiscard]] term to_term(caf::message message);

} // namespace websock::runtime::detail
