// Numbers of shards that are unique in the program, so that no reference of one node is
// taken for one of another.
#pragma once

#include <cstddef>
#include <cstdint>

namespace websock::runtime {

/// As many numbers as a node has shards, one behind the other, until it is destroyed.
class shard_numbers {
public:
  static constexpr unsigned bits = 14; // of a reference

  /// Throws std::runtime_error when all nodes of the program together have too many.
  explicit shard_numbers(std::size_t count);
  ~shard_numbers();
  shard_numbers(const shard_numbers&) = delete;
  shard_numbers& operator=(const shard_numbers&) = delete;

  /// Of the first shard.
  [[nodiscard]] std::size_t first() const noexcept { return first_; }
  /// How many references the shards with this number have made: a new one goes on there.
  [[nodiscard]] static std::uint64_t& references_of(std::size_t number) noexcept;

private:
  const std::size_t count_;
  const std::size_t first_;
};

} // namespace websock::runtime
