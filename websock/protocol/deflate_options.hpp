// The local settings of permessage-deflate: what to negotiate with the peer, and what
// compression may cost here.
#pragma once

#include "websock/protocol/deflate_params.hpp"

#include <cstddef>

namespace websock::protocol {

/// Windows and takeovers are upper bounds: the peer may ask for less.
struct deflate_options {
  /// zlib's level: 0 stores, 1 is fastest, 9 is best, -1 is zlib's default (6).
  int level = -1;
  /// zlib's memory level, 1 to 9: a compressor takes 2^(memory_level + 9) bytes beside
  /// its window.
  int memory_level = 8;
  /// The server compressor's window takes 2^(bits + 2) bytes. 9 to 15: zlib cannot
  /// compress with 8.
  int server_max_window_bits = 15;
  /// For the client's compressor, if the client lets us choose; our decompressor takes
  /// 2^bits bytes. 9 to 15.
  int client_max_window_bits = 15;
  /// `none` frees the server's compressor and the client's decompressor between messages.
  context_takeover server_takeover = context_takeover::kept;
  /// The same in the other direction.
  context_takeover client_takeover = context_takeover::kept;
  /// Shorter messages are sent uncompressed: they would save a few bytes at most, which
  /// is not worth the time. In bytes.
  std::size_t threshold = 64;
};

} // namespace websock::protocol
