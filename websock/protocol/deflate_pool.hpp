// What the compressing connections of a shard share: contexts that none of them needs at
// the moment, and memory for the message at hand.
#pragma once

#include "websock/protocol/permessage_deflate.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace websock::protocol {

/// Keeps a few of each and frees the rest. For one thread; outlives who borrows from it.
class deflate_pool {
public:
  deflate_pool() = default;
  deflate_pool(const deflate_pool&) = delete;
  deflate_pool& operator=(const deflate_pool&) = delete;

  /// A compressor that remembers nothing.
  [[nodiscard]] std::unique_ptr<deflater> take_deflater(const deflate_settings& settings);
  /// A decompressor that remembers nothing.
  [[nodiscard]] std::unique_ptr<inflater> take_inflater(int window_bits);
  /// An empty buffer for an inflated message.
  [[nodiscard]] std::vector<std::byte> take_buffer();

  // What was taken, and is needed no more; null is fine.
  void put(std::unique_ptr<deflater> context) noexcept;
  void put(std::unique_ptr<inflater> context) noexcept;
  void put(std::vector<std::byte> buffer) noexcept;

  /// An empty string for one deflated message, until the next call.
  [[nodiscard]] std::string& deflated();
  /// Room for one step of inflating, until the next call.
  [[nodiscard]] std::span<std::byte> inflated();

  /// Octets of heap that it holds.
  [[nodiscard]] std::size_t heap_size() const noexcept;

private:
  std::vector<std::unique_ptr<deflater>> deflaters_;
  std::vector<std::unique_ptr<inflater>> inflaters_;
  std::vector<std::vector<std::byte>> buffers_;
  std::string deflated_;
  std::unique_ptr<std::byte[]> inflated_;
};

} // namespace websock::protocol
