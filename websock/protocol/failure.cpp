// The table of violations.

#include "websock/protocol/failure.hpp"

namespace websock::protocol {

failure describe(violation broken) noexcept {
  using enum close_code;
  switch (broken) {
  case violation::none:
    return {normal, {}};
  case violation::reserved_bits:
    return {protocol_error, "RFC 6455 §5.2: reserved bit set without an extension"};
  case violation::unknown_opcode:
    return {protocol_error, "RFC 6455 §5.2: reserved opcode"};
  case violation::fragmented_control:
    return {protocol_error, "RFC 6455 §5.5: fragmented control frame"};
  case violation::oversized_control:
    return {protocol_error, "RFC 6455 §5.5: control frame over 125 octets"};
  case violation::unmasked_frame:
    return {protocol_error, "RFC 6455 §5.1: unmasked frame from a client"};
  case violation::masked_frame:
    return {protocol_error, "RFC 6455 §5.1: masked frame from a server"};
  case violation::non_minimal_length:
    return {protocol_error, "RFC 6455 §5.2: payload length not in its shortest form"};
  case violation::length_high_bit:
    return {protocol_error, "RFC 6455 §5.2: 64-bit payload length with its high bit set"};
  case violation::frame_too_big:
    return {message_too_big, "RFC 6455 §10.4: frame over the size limit"};
  case violation::message_too_big:
    return {message_too_big, "RFC 6455 §10.4: message over the size limit"};
  case violation::too_many_fragments:
    return {policy_violation, "RFC 6455 §10.4: message of too many fragments"};
  case violation::stray_continuation:
    return {protocol_error, "RFC 6455 §5.4: continuation frame without a message"};
  case violation::interleaved_message:
    return {protocol_error, "RFC 6455 §5.4: new message inside a fragmented one"};
  case violation::invalid_utf8:
    return {invalid_payload, "RFC 6455 §8.1: text message is not UTF-8"};
  case violation::truncated_utf8:
    return {invalid_payload, "RFC 6455 §8.1: text message ends inside a character"};
  case violation::truncated_close_code:
    return {protocol_error, "RFC 6455 §5.5.1: close frame with half a code"};
  case violation::invalid_close_code:
    return {protocol_error, "RFC 6455 §7.4: close code that must not be sent"};
  case violation::invalid_close_body:
    return {invalid_payload, "RFC 6455 §5.5.1: close body is not UTF-8"};
  case violation::compressed_control:
    return {protocol_error, "RFC 7692 §6: RSV1 set on a control frame"};
  case violation::compressed_continuation:
    return {protocol_error, "RFC 7692 §6: RSV1 set on a continuation frame"};
  // RFC 7692 names no code for these: the payload is not what the message claims it is.
  case violation::corrupt_deflate:
    return {invalid_payload, "RFC 7692 §7.2.2: compressed message is not DEFLATE"};
  case violation::truncated_deflate:
    return {invalid_payload, "RFC 7692 §7.2.2: compressed message ends inside a block"};
  }
  return {internal_error, "unknown violation"};
}

} // namespace websock::protocol
