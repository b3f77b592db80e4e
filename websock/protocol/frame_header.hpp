// The header of a frame and its encoding, RFC 6455 §5.2. frame_parser validates headers
// from a peer.
#pragma once

#include "websock/protocol/mask.hpp"
#include "websock/protocol/opcode.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace websock::protocol {

/// Whether a frame is the last one of its message.
enum class fin : std::uint8_t { clear, set };

/// The reserved bits; combine them with `|`.
enum class rsv : std::uint8_t { none = 0, rsv3 = 1, rsv2 = 2, rsv1 = 4 };

[[nodiscard]] constexpr rsv operator|(rsv a, rsv b) noexcept {
  return static_cast<rsv>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

/// True if `bits` has a bit that is not in `allowed`.
[[nodiscard]] constexpr bool exceeds(rsv bits, rsv allowed) noexcept {
  return (static_cast<unsigned>(bits) & ~static_cast<unsigned>(allowed)) != 0;
}

inline constexpr std::size_t max_header_size = 14;
inline constexpr std::size_t max_control_payload = 125;

struct frame_header {
  std::uint64_t payload_size = 0;
  mask_key key{};
  protocol::opcode opcode = protocol::opcode::continuation;
  protocol::fin fin = protocol::fin::set;
  protocol::rsv rsv = protocol::rsv::none;
  bool is_masked = false;
};

/// The size of the header that starts with these two octets, from its length and mask
/// fields: 2 to 14.
[[nodiscard]] std::size_t header_size(std::span<const std::byte, 2> start) noexcept;

/// Decodes a whole header of `header_size` octets without validating it.
[[nodiscard]] frame_header decode_header(std::span<const std::byte> octets) noexcept;

namespace detail {
inline constexpr unsigned fin_bit = 0x80;
inline constexpr unsigned mask_bit = 0x80;
inline constexpr unsigned length_16 = 126; // the length is in the next two octets
inline constexpr unsigned length_64 = 127; // the length is in the next eight octets

[[nodiscard]] inline unsigned octet(std::byte value) noexcept {
  return std::to_integer<unsigned>(value);
}
void append_long_header(std::string& out, opcode code, std::uint64_t payload_size,
                        fin last, rsv bits);
[[nodiscard]] constexpr char first_octet(opcode code, fin last, rsv bits) noexcept {
  return static_cast<char>((last == fin::set ? fin_bit : 0U)
                           | static_cast<unsigned>(bits) << 4U
                           | static_cast<unsigned>(code));
}
} // namespace detail

/// Appends an unmasked header with the shortest length encoding (bench: write_frames).
inline void append_header(std::string& out, opcode code, std::uint64_t payload_size,
                          fin last = fin::set, rsv bits = rsv::none) {
  if (payload_size > max_control_payload)
    return detail::append_long_header(out, code, payload_size, last, bits);
  const std::array<char, 2> octets{detail::first_octet(code, last, bits),
                                   static_cast<char>(payload_size)};
  out.append(octets.data(), octets.size());
}

/// Appends a masked header, as a client sends it.
void append_masked_header(std::string& out, opcode code, std::uint64_t payload_size,
                          mask_key key, fin last = fin::set, rsv bits = rsv::none);

} // namespace websock::protocol
