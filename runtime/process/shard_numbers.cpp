// Tracks the numbers in use.
#include "shard_numbers.hpp"

#include <array>
#include <mutex>
#include <stdexcept>
#include <string>

namespace websock::runtime {

namespace {

constexpr std::size_t most = std::size_t{1} << shard_numbers::bits;

/// Shared by the whole program, as CAF's actor numbers are: only shared state can tell
/// two nodes apart.
struct all_numbers {
  std::mutex mutex; // between nodes that start or end
  std::array<bool, most> taken{};
  std::array<std::uint64_t, most> references{};
};

[[nodiscard]] all_numbers& all() {
  static all_numbers numbers;
  return numbers;
}

[[nodiscard]] std::size_t take(std::size_t count) {
  auto& [mutex, taken, references] = all();
  const std::lock_guard lock(mutex);
  std::size_t free = 0; // how many free numbers there are before `end`
  for (std::size_t end = 0; end < most;) {
    free = taken[end++] ? 0 : free + 1;
    if (free < count)
      continue;
    for (std::size_t each = end - count; each < end; ++each)
      taken[each] = true;
    return end - count;
  }
  throw std::runtime_error("all nodes of a program have at most " + std::to_string(most)
                           + " shards");
}

} // namespace

shard_numbers::shard_numbers(std::size_t count) : count_(count), first_(take(count)) {
}

shard_numbers::~shard_numbers() {
  const std::lock_guard lock(all().mutex);
  for (std::size_t each = first_; each < first_ + count_; ++each)
    all().taken[each] = false;
}

std::uint64_t& shard_numbers::references_of(std::size_t number) noexcept {
  return all().references[number];
}

} // namespace websock::runtime
