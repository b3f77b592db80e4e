// The opcode of a frame, RFC 6455 §5.2.
#pragma once

#include <cstdint>

namespace websock::protocol {

enum class opcode : std::uint8_t {
  continuation = 0x0,
  text = 0x1,
  binary = 0x2,
  close = 0x8,
  ping = 0x9,
  pong = 0xA,
};

// RFC 6455 §5.5: control frames are those whose opcode has its high bit set.
[[nodiscard]] constexpr bool is_control(opcode code) noexcept {
  return (static_cast<std::uint8_t>(code) & 0x8U) != 0;
}

/// False for the opcodes that RFC 6455 §5.2 reserves (0x3-0x7, 0xB-0xF).
[[nodiscard]] constexpr bool is_known(opcode code) noexcept {
  return code <= opcode::binary || (code >= opcode::close && code <= opcode::pong);
}

} // namespace websock::protocol
