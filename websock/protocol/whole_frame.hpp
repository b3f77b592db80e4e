// Reads the most common frame in one step: a text or binary message sent whole by a
// client. Everything rarer or invalid is left to frame_parser.
#pragma once

#include "websock/protocol/opcode.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace websock::protocol {

/// A masked message in one frame. `payload` points into the input, unmasked in place.
struct whole_frame {
  std::span<std::byte> payload = {};
  protocol::opcode opcode = protocol::opcode::continuation; // when there is none
  bool is_ascii = false;
};

/// Takes the frame at the front of `in`, which must be between messages, if it is a whole
/// message of at most `max_size` (and 65,535) octets, without reserved bits, and entirely
/// in `in`. Otherwise changes nothing. Takes only what frame_parser would accept.
[[nodiscard]] whole_frame take_whole_frame(std::span<std::byte>& in,
                                           std::uint64_t max_size) noexcept;

} // namespace websock::protocol
