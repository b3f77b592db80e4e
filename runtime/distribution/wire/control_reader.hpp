// Reads control messages.
#pragma once

#include "control.hpp"
#include "term_views.hpp"

#include <cstdint>
#include <string_view>

namespace websock::runtime::distribution {

/// A control message, and the term that comes with it: a message, a reason or arguments,
/// without version octet.
struct control_and_payload {
  control::message what;
  std::string_view payload;
};

enum class version_octets : std::uint8_t { omitted, present };

/// Reads all that is behind a packet's header. `payload` is not looked at: only that it
/// is there for what needs one; what is there besides is ignored, as OTP does. Throws
/// etf::malformed for an operation that is known with other elements than it has.
[[nodiscard]] control_and_payload read_control(term_views in, version_octets versions);

} // namespace websock::runtime::distribution
