// The codes that may be on the wire, RFC 6455 §7.4 and the IANA registry it set up.

#include "websock/protocol/close_code.hpp"

namespace websock::protocol {

namespace {

// RFC 6455 §7.4.1: 1004 is reserved; 1005, 1006 and 1015 must not be sent by an endpoint.
// RFC 6455 §7.4.2: 3000-3999 are registered by libraries, 4000-4999 are private.
bool is_wire_code(close_code code) noexcept {
  const auto number = static_cast<std::uint16_t>(code);
  return (number >= 1000 && number <= 1003) || (number >= 1007 && number <= 1014)
         || (number >= 3000 && number <= 4999);
}

} // namespace

bool may_be_received(close_code code) noexcept {
  return is_wire_code(code);
}

bool may_be_sent(close_code code) noexcept {
  return is_wire_code(code);
}

} // namespace websock::protocol
