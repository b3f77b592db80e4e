// What a peer understands of the forms in which packets can be written, as its handshake
// says. Reading needs none of it: each packet says its form.
#pragma once

#include <cstdint>

namespace websock::runtime::distribution {

enum class packet_framing : std::uint8_t {
  distribution_header, // DFLAG_DIST_HDR_ATOM_CACHE
  pass_through,
};

enum class reason_place : std::uint8_t {
  payload, // DFLAG_EXIT_PAYLOAD: PAYLOAD_EXIT and the like
  control,
};

enum class sender_of_send : std::uint8_t {
  named, // DFLAG_SEND_SENDER
  omitted,
};

enum class fragments : std::uint8_t {
  understood, // DFLAG_FRAGMENTS
  unknown,
};

/// By default that of every OTP from 22 on.
struct dialect {
  packet_framing framing = packet_framing::distribution_header;
  reason_place reasons = reason_place::payload;
  sender_of_send senders = sender_of_send::named;
  distribution::fragments fragments = fragments::understood;

  friend bool operator==(const dialect&, const dialect&) = default;
};

/// The dialect of two nodes with these DFLAGs in common.
[[nodiscard]] dialect dialect_of(std::uint64_t common_flags) noexcept;

} // namespace websock::runtime::distribution
