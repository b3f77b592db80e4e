// One message for many connections: encoded once, and compressed once for all connections
// whose compressors have the same settings.
#pragma once

#include "websock/protocol/opcode.hpp"

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

namespace websock::protocol {

class deflate_pool;
struct deflate_settings;

/// Immutable to its users, for any number of threads. Only for servers: each frame of a
/// client is masked with a key of its own.
class shared_frame {
public:
  /// A text or binary message. The caller ensures that text is UTF-8.
  shared_frame(opcode code, std::string_view payload);
  ~shared_frame();
  shared_frame(const shared_frame&) = delete;
  shared_frame& operator=(const shared_frame&) = delete;

  [[nodiscard]] opcode code() const noexcept { return code_; }
  [[nodiscard]] std::string_view payload() const noexcept {
    return std::string_view(plain_).substr(header_size_);
  }
  /// The whole frame, uncompressed.
  [[nodiscard]] std::string_view plain() const noexcept { return plain_; }
  /// The whole frame of the compressed message, which refers to no other message; empty
  /// if that is no smaller. `contexts` belongs to the caller. If two threads are the
  /// first to ask, both compress.
  [[nodiscard]] std::string_view deflated(const deflate_settings& settings,
                                          deflate_pool& contexts) const;

private:
  struct variant;
  [[nodiscard]] std::string deflate(const deflate_settings& settings,
                                    deflate_pool& contexts) const;

  opcode code_;
  std::string plain_;
  std::size_t header_size_;
  mutable std::atomic<const variant*> variants_{nullptr}; // only grows
};

} // namespace websock::protocol
