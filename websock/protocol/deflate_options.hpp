// How this end wants permessage-deflate: what it asks of the peer, and what compression
// may cost here.
#pragma once

#include "websock/protocol/deflate_params.hpp"

#include <cstddef>

namespace websock::protocol {

/// The windows and the takeovers are upper bounds: the peer may ask for less.
struct deflate_options {
  /// Of zlib: 0 stores, 1 is fast, 9 is thorough, -1 is zlib's own choice (6).
  int level = -1;
  /// Of zlib, 1 to 9: a compressor takes 2^(memory_level + 9) bytes beside its window ...
  int memory_level = 8;
  /// ... which takes 2^(bits + 2). 9 to 15: zlib has no compressor for 8.
  int server_max_window_bits = 15;
  /// Of the client's compressor, if it lets us choose; our decompressor takes 2^bits. 9
  /// to 15.
  int client_max_window_bits = 15;
  /// `none` frees the server's compressor, and the client's decompressor, between
  /// messages.
  context_takeover server_takeover = context_takeover::kept;
  /// The same the other way round.
  context_takeover client_takeover = context_takeover::kept;
  /// Shorter messages are sent as they are: they gain a few bytes at most, which is not
  /// worth the time. In bytes.
  std::size_t threshold = 64;
};

} // namespace websock::protocol
