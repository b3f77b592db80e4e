// One message after the other, compressed as the peer allows. RFC 7692 §7.2.1.
#pragma once

#include "websock/protocol/deflate_options.hpp"
#include "websock/protocol/deflate_params.hpp"
#include "websock/protocol/deflate_pool.hpp"
#include "websock/protocol/shared_frame.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace websock::protocol {

/// Borrows a context for each message without context takeover; with it, for the first
/// one and until this object is destroyed.
class message_deflater {
public:
  /// `own` is the direction from us to the peer. `pool` must outlive this object.
  message_deflater(const deflate_direction& own, const deflate_options& options,
                   deflate_pool& pool) noexcept;
  ~message_deflater();
  message_deflater(const message_deflater&) = delete;
  message_deflater& operator=(const message_deflater&) = delete;

  /// The payload of the compressed message, which must be sent then; or nothing when the
  /// message is better sent as it is. Valid until anything else of the pool is used.
  [[nodiscard]] std::optional<std::string_view> deflate(std::string_view message);

  /// The whole frame of the compressed message, in memory of `message`, which must be
  /// sent then; or nothing when the message is better sent as it is.
  [[nodiscard]] std::optional<std::string_view> deflate(const shared_frame& message);

  /// Octets of heap that this object holds.
  [[nodiscard]] std::size_t heap_size() const noexcept;

private:
  [[nodiscard]] bool is_worth_it(std::size_t size) const noexcept;

  deflate_pool& pool_;
  std::unique_ptr<deflater> context_; // with context takeover
  std::size_t threshold_;
  deflate_settings settings_;
  context_takeover takeover_;
};

} // namespace websock::protocol
