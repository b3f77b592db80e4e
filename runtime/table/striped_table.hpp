// A hash table that any thread may read and change, with one lock per stripe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace websock::runtime::detail {

/// Spreads keys over stripes, each with its own reader-writer lock. Readers of a stripe
/// do not block each other, and a writer holds the lock for one insertion or removal, so
/// no thread waits for a busy shard. Functions called under the lock must only copy and
/// move entries.
template <class Key, class Value, class Hash = std::hash<Key>>
class striped_table {
public:
  using map = std::unordered_map<Key, Value, Hash, std::equal_to<>>;

  /// Calls `look(const map&)` with the stripe that holds `key`, if any does.
  template <class K, class F>
  auto read(const K& key, F look) const {
    const stripe& part = stripes_[index_of(key)];
    const std::shared_lock lock(part.mutex);
    return look(part.entries);
  }
  /// The same with `work(map&)`, under the exclusive lock.
  template <class K, class F>
  auto change(const K& key, F work) {
    stripe& part = stripes_[index_of(key)];
    const std::unique_lock lock(part.mutex);
    return work(part.entries);
  }
  /// Calls `look(const map&)` with each stripe in turn: not a snapshot of the whole
  /// table.
  template <class F>
  void read_each(F look) const {
    for (const stripe& each : stripes_) {
      const std::shared_lock lock(each.mutex);
      look(each.entries);
    }
  }

private:
  static constexpr unsigned bits = 5;
  struct alignas(64) stripe { // a cache line of its own
    mutable std::shared_mutex mutex;
    map entries;
  };

  template <class K>
  [[nodiscard]] static std::size_t index_of(const K& key) noexcept {
    // Fibonacci hashing: the hash of a pid is its address, whose low bits are all alike.
    return static_cast<std::size_t>(
        (static_cast<std::uint64_t>(Hash{}(key)) * 0x9E37'79B9'7F4A'7C15U)
        >> (64 - bits));
  }

  std::array<stripe, std::size_t{1} << bits> stripes_;
};

} // namespace websock::runtime::detail
