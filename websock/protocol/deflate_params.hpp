// What two ends agree on for permessage-deflate, RFC 7692 §7.1. How an end compresses
// within that is deflate_options.
#pragma once

#include <cstdint>

namespace websock::protocol {

/// Whether a compressor refers to the messages before the one at hand: better ratios, for
/// a context at both ends that lives as long as the connection. RFC 7692 §7.1.1.
enum class context_takeover : std::uint8_t { none, kept };

/// One of the two directions.
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
