// What the compressing connections of a shard share: idle contexts, and memory for the
// current message.
#pragma once

#include "websock/protocol/permessage_deflate.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace websock::protocol {

/// Keeps a few contexts of each kind and frees the rest. Single-threaded; must outlive
/// its borrowers.
class deflate_pool {
public:
  deflate_pool() = default;
  deflate_pool(const deflate_pool&) = delete;
  deflate_pool& operator=(const deflate_pool&) = delete;

  /// A compressor in its initial state.
  [[nodiscard]] std::unique_ptr<deflater> take_deflater(const deflate_settings& settings);
  /// A decompressor in its initial state.
  [[nodiscard]] std::unique_ptr<inflater> take_inflater(int window_bits);
  /// An empty buffer for an inflated message.
  [[nodiscard]] std::vector<std::byte> take_buffer();

  // Returns what was taken; null is allowed.
  void put(std::unique_ptr<deflater> context) noexcept;
  void put(std::unique_ptr<inflater> context) noexcept;
  void put(std::vector<std::byte> buffer) noexcept;

  /// An empty string for one compressed message, valid until the next call.
  [[nodiscard]] std::string& deflated();
  /// Room for one step of decompression, valid until the next call.
  [[nodiscard]] std::span<std::byte> inflated();

  /// Octets of heap memory in use.
  [[nodiscard]] std::size_t heap_size() const noexcept;

private:
  std::vector<std::unique_ptr<deflater>> deflaters_;
  std::vector<std::unique_ptr<inflater>> inflaters_;
  std::vector<std::vector<std::byte>> buffers_;
  std::string deflated_;
  std::unique_ptr<std::byte[]> inflated_;
};

} // namespace websock::protocol
