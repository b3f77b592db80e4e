// The usual frame, read in one step: a text or binary message that a client sent whole.
// Whatever is rarer, or wrong, is frame_parser's.
#pragma once

#include "websock/protocol/opcode.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace websock::protocol {

/// A masked message of one frame. `payload` is the caller's octets, unmasked in place.
struct whole_frame {
  std::span<std::byte> payload = {};
  protocol::opcode opcode = protocol::opcode::continuation; // when there is none
  bool is_ascii = false;
};

/// Takes the frame at the front of `in`, a boundary between messages, if it is a message
/// of at most `max_size` octets (and 65,535) that lies there to its end, without reserved
/// bits. Otherwise touches nothing. What it takes, frame_parser would have accepted.
[[nodiscard]] whole_frame take_whole_frame(std::span<std::byte>& in,
                                           std::uint64_t max_size) noexcept;

} // namespace websock::protocol
