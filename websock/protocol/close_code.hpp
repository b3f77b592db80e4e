// The status code of a close frame, RFC 6455 §7.4. Not limited to known values: a peer
// may send any number.
#pragma once

#include <cstdint>

namespace websock::protocol {

enum class close_code : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  no_status = 1005, // never on the wire: the close frame had no code
  abnormal = 1006,  // never on the wire: there was no close frame
  invalid_payload = 1007,
  policy_violation = 1008,
  message_too_big = 1009,
  mandatory_extension = 1010,
  internal_error = 1011,
  service_restart = 1012,
  try_again_later = 1013,
  bad_gateway = 1014,
};

/// True if a peer may put this code into a close frame: 1000-1003, 1007-1014, 3000-4999.
[[nodiscard]] bool may_be_received(close_code code) noexcept;

/// True if we may put this code into a close frame; the same set.
[[nodiscard]] bool may_be_sent(close_code code) noexcept;

} // namespace websock::protocol
