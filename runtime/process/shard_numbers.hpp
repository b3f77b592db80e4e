// Shard numbers that are unique in the program, so that references of different nodes
// never collide.
#pragma once

#include <cstddef>
#include <cstdint>

namespace websock::runtime {

/// Reserves consecutive numbers, one per shard of a node, until destroyed.
class shard_numbers {
public:
  static constexpr unsigned bits = 14; // of a reference's value

  /// Throws std::runtime_error when all nodes of the program together have too many
  /// shards.
  explicit shard_numbers(std::size_t count);
  ~shard_numbers();
  shard_numbers(const shard_numbers&) = delete;
  shard_numbers& operator=(const shard_numbers&) = delete;

  /// The number of the first shard.
  [[nodiscard]] std::size_t first() const noexcept { return first_; }
  /// How many references were made with this number: a new shard continues from there.
  [[nodiscard]] static std::uint64_t& references_of(std::size_t number) noexcept;

private:
  const std::size_t count_;
  const std::size_t first_;
};

} // namespace websock::runtime
