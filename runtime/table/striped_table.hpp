// A hash table that every thread may read and change, with a lock for each part of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace websock::runtime::detail {

/// Keys are spread over stripes, each with a reader-writer lock of its own. Readers of a
/// stripe do not wait for one another; whoever changes one holds it for one insertion or
/// removal, so that nobody waits for a busy shard. What is called under the lock copies
/// and moves entries and does nothing else.
template <class Key, class Value, class Hash = std::hash<Key>>
class striped_table {
public:
  using map = std::unordered_map<Key, Value, Hash, std::equal_to<>>;

  /// Calls `look(const map&)` with the stripe where `key` is, if it is anywhere.
  template <class K, class F>
  auto read(const K& key, F look) const {
    const stripe& at = stripes_[index_of(key)];
    const std::shared_lock lock(at.mutex);
    return look(at.entries);
  }
  /// The same with `work(map&)`, alone.
  template <class K, class F>
  auto change(const K& key, F work) {
    stripe& at = stripes_[index_of(key)];
    const std::unique_lock lock(at.mutex);
    return work(at.entries);
  }
  /// Calls `look(const map&)` with one stripe after the other: no snapshot of the whole.
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
