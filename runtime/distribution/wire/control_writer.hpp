// Writes control messages as tuples in the external term format.
#pragma once

#include "control.hpp"
#include "dialect.hpp"

#include <string>

namespace websock::runtime::distribution {

/// Appends everything of `what` that comes before its payload. Where the peer wants
/// reasons inside control messages, the tuple is one element short: the reason is its
/// last one, and is what the caller appends next. Throws std::invalid_argument for
/// control::spawn_request and control::unknown, which are never written, and for names
/// that are no atoms.
void append_control(std::string& out, const control::message& what, const dialect& peer);

/// Whether a payload follows.
[[nodiscard]] bool has_payload(const control::message& what) noexcept;

/// Whether that payload is the last element of the tuple, instead of a term behind it.
[[nodiscard]] bool is_payload_inside(const control::message& what,
                                     const dialect& peer) noexcept;

} // namespace websock::runtime::distribution
