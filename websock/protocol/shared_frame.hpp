// One message that many connections send: encoded once, and compressed once for all whose
// compressors have the same settings.
#pragma once

#include "websock/protocol/opcode.hpp"

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

namespace websock::protocol {

class deflate_pool;
struct deflate_settings;

/// Immutable as its users see it; for any number of threads. A server's frames: those of
/// clients are masked, each with a key of its own.
class shared_frame {
public:
  /// A text or binary message. That text is UTF-8 is the caller's promise.
  shared_frame(opcode code, std::string_view payload);
  ~shared_frame();
  shared_frame(const shared_frame&) = delete;
  shared_frame& operator=(const shared_frame&) = delete;

  [[nodiscard]] opcode code() const noexcept { return code_; }
  [[nodiscard]] std::string_view payload() const noexcept {
    return std::string_view(plain_).substr(header_size_);
  }
  /// The whole frame, not compressed.
  [[nodiscard]] std::string_view plain() const noexcept { return plain_; }
  /// The whole frame of the compressed message, which refers to no other message; empty
  /// when the plain one is no larger. `contexts` are the caller's. Two threads that ask
  /// first, at the same time, both compress.
  [[nodiscard]] std::string_view deflated(const deflate_settings& settings,
                                          deflate_pool& contexts) const;

private:
  struct variant;
  [[nodiscard]] std::string deflate(const deflate_settings& settings,
                                    deflate_pool& contexts) const;

  opcode code_;
  std::string plain_;
  std::size_t header_size_;
  mutable std::atomic<const variant*> variants_{nullptr}; // grows until destroyed
};

} // namespace websock::protocol
