// The parameters negotiated for permessage-deflate, RFC 7692 §7.1. How an end compresses
// within them is set in deflate_options.
#pragma once

#include <cstdint>

namespace websock::protocol {

/// Whether a compressor refers to earlier messages: better ratios, but both ends keep a
/// context for as long as the connection lives. RFC 7692 §7.1.1.
enum class context_takeover : std::uint8_t { none, kept };

/// The parameters of one direction.
struct deflate_direction {
  std::uint8_t window_bits = 15; // 8 to 15: the compressor looks back 2^bits octets
  context_takeover takeover = context_takeover::kept;

  friend bool operator==(const deflate_direction&, const deflate_direction&) = default;
};

struct deflate_params {
  deflate_direction server; // from server to client
  deflate_direction client; // from client to server

  friend bool operator==(const deflate_params&, const deflate_params&) = default;
};

} // namespace websock::protocol
