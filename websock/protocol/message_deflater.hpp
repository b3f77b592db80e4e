// Compresses messages one at a time as the peer allows. RFC 7692 §7.2.1.
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

/// Without context takeover it borrows a context per message; with it, one context from
/// the first message until destruction.
class message_deflater {
public:
  /// `own` is the direction from us to the peer. `pool` must outlive this object.
  message_deflater(const deflate_direction& own, const deflate_options& options,
                   deflate_pool& pool) noexcept;
  ~message_deflater();
  message_deflater(const message_deflater&) = delete;
  message_deflater& operator=(const message_deflater&) = delete;

  /// The payload of the compressed message, which must then be sent; empty when the
  /// message should be sent uncompressed. Valid until anything else in the pool is used.
  [[nodiscard]] std::optional<std::string_view> deflate(std::string_view message);

  /// The whole frame of the compressed message, owned by `message`, which must then be
  /// sent; empty when the message should be sent uncompressed.
  [[nodiscard]] std::optional<std::string_view> deflate(const shared_frame& message);

  /// Octets of heap memory in use.
  [[nodiscard]] std::size_t heap_size() const noexcept;

private:
  [[nodiscard]] bool is_worth_it(std::size_t size) const noexcept;

  deflate_pool& pool_;
  std::unique_ptr<deflater> context_; // kept with context takeover only
  std::size_t threshold_;
  deflate_settings settings_;
  context_takeover takeover_;
};

} // namespace websock::protocol
