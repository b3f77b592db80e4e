// Decompresses messages one at a time from the octets of their frames, within limits. RFC
// 7692 §7.2.2.
#pragma once

#include "websock/protocol/deflate_params.hpp"
#include "websock/protocol/deflate_pool.hpp"
#include "websock/protocol/failure.hpp"
#include "websock/protocol/utf8_validator.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace websock::protocol {

/// Borrows a context for the first octet of a message. Without context takeover it is
/// returned after the message; with it, on destruction.
class message_inflater {
public:
  /// `peer` is the direction from the peer to us. `pool` must outlive this object.
  message_inflater(const deflate_direction& peer, deflate_pool& pool) noexcept;
  ~message_inflater();
  message_inflater(const message_inflater&) = delete;
  message_inflater& operator=(const message_inflater&) = delete;

  /// Adds part of a message's payload. Fails as soon as the output exceeds `max_size`
  /// octets or contains an octet that is invalid in a text; `text` is null for binary
  /// messages.
  [[nodiscard]] violation feed(std::span<const std::byte> part, std::uint64_t max_size,
                               utf8_validator* text);
  /// Ends the message.
  [[nodiscard]] violation finish(std::uint64_t max_size, utf8_validator* text);

  /// The decompressed octets. Valid until `release`.
  [[nodiscard]] std::span<const std::byte> message() const noexcept { return message_; }
  /// The message is no longer needed.
  void release() noexcept;

  /// Octets of heap memory in use.
  [[nodiscard]] std::size_t heap_size() const noexcept;

private:
  [[nodiscard]] violation inflate(std::span<const std::byte> in, std::uint64_t max_size,
                                  utf8_validator* text);
  [[nodiscard]] violation gather(std::span<const std::byte> fresh, std::uint64_t max_size,
                                 utf8_validator* text);

  deflate_pool& pool_;
  std::unique_ptr<inflater> context_;
  std::vector<std::byte> message_;
  deflate_direction peer_;
  bool has_begun_ = false; // whether the message has any octet yet
};

} // namespace websock::protocol
