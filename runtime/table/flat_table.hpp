// A hash table without nodes. Most processes have one tie of a kind or none, a few have a
// hundred thousand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <utility>
#include <vector>

namespace websock::runtime::detail {

/// The value of a table that is a set.
struct no_value {};

/// One entry lies in the table itself, which allocates nothing for it. From the second on
/// it is open addressing with linear probing, and a large table keeps between a quarter
/// and seven eighths of its slots free. All operations but iteration are amortised O(1).
/// An empty key marks a free slot, so it cannot be stored. Any change invalidates
/// pointers and iterators.
template <class Key, class Value = no_value>
class flat_table {
public:
  using mapped_type = Value;
  struct slot {
    Key first{};
    [[no_unique_address]] Value second{};
  };

  class iterator {
  public:
    iterator(const slot* at, const slot* end) noexcept : at_(at), end_(end) { skip(); }
    const slot& operator*() const noexcept { return *at_; }
    iterator& operator++() noexcept {
      ++at_;
      skip();
      return *this;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept {
      return a.at_ == b.at_;
    }

  private:
    void skip() noexcept {
      while (at_ != end_ && !at_->first)
        ++at_;
    }
    const slot* at_;
    const slot* end_;
  };

  flat_table() noexcept : one_() {}
  ~flat_table() {
    if (has_one_slot())
      one_.~slot();
    else
      delete[] many_;
  }
  flat_table(const flat_table&) = delete;
  flat_table& operator=(const flat_table&) = delete;

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] iterator begin() const noexcept { return {slots(), slots() + capacity_}; }
  [[nodiscard]] iterator end() const noexcept {
    return {slots() + capacity_, slots() + capacity_};
  }

  /// Null when there is no such key.
  [[nodiscard]] Value* find(const Key& key) const noexcept {
    if (has_one_slot())
      return one_.first && one_.first == key ? &one_.second : nullptr;
    slot& found = many_[position_of(key)];
    return found.first ? &found.second : nullptr;
  }
  [[nodiscard]] bool contains(const Key& key) const noexcept {
    return find(key) != nullptr;
  }

  /// Returns false and changes nothing when the key is already there.
  bool insert(Key key, Value value = Value()) {
    if (contains(key))
      return false;
    make_room();
    put(std::move(key), std::move(value));
    ++size_;
    return true;
  }
  /// Guarantees that the next `insert` does not allocate.
  void make_room() {
    if (needs_more())
      rehash(has_one_slot() ? least : capacity_ * 2);
  }
  [[nodiscard]] Value& operator[](const Key& key) {
    if (Value* found = find(key))
      return *found;
    insert(key);
    return *find(key);
  }
  /// Removes the value and returns it; empty when there is no such key.
  std::optional<Value> extract(const Key& key) {
    Value* const found = find(key);
    if (found == nullptr)
      return std::nullopt;
    std::optional<Value> value(std::move(*found));
    if (!has_one_slot())
      close_gap(position_of(key));
    --size_;
    if (size_ == 0)
      clear();
    else if (capacity_ > 64 && size_ < capacity_ / 8)
      shrink();
    return value;
  }
  /// Returns whether the key was there.
  bool erase(const Key& key) { return extract(key).has_value(); }
  /// Empties the table and returns its slots, in no order.
  [[nodiscard]] std::vector<slot> take_all() {
    std::vector<slot> all;
    all.reserve(size_);
    for (std::uint32_t i = 0; i < capacity_; ++i)
      if (slots()[i].first)
        all.push_back(std::move(slots()[i]));
    clear();
    return all;
  }
  void clear() noexcept {
    size_ = 0;
    if (has_one_slot()) {
      one_ = slot();
    } else {
      const std::unique_ptr<slot[]> old(many_);
      new (&one_) slot();
      capacity_ = 1;
    }
  }

private:
  static constexpr std::uint32_t least = 4; // allocated at once
  static constexpr std::uint32_t group = 8;

  [[nodiscard]] bool has_one_slot() const noexcept { return capacity_ == 1; }
  [[nodiscard]] slot* slots() const noexcept { return has_one_slot() ? &one_ : many_; }
  [[nodiscard]] bool needs_more() const noexcept {
    return size_ == capacity_ - capacity_ / 4;
  }
  [[nodiscard]] std::uint32_t next(std::uint32_t at) const noexcept {
    return (at + 1) & (capacity_ - 1);
  }
  // Fibonacci hashing of groups: consecutive keys, as references are, share a cache line;
  // groups are spread evenly. bench/processes.bench.cpp, monitor_and_demonitor.
  [[nodiscard]] std::uint32_t home_of(const Key& key) const noexcept {
    const std::uint64_t hash = std::hash<Key>{}(key);
    const auto mixed = hash / group * 0x9E37'79B9'7F4A'7C15U;
    const auto spread = static_cast<std::uint32_t>(mixed >> 32U) * group;
    return (spread + static_cast<std::uint32_t>(hash % group)) & (capacity_ - 1);
  }
  // What follows is for tables of several slots.
  /// The slot of the key, or the one where it would go.
  [[nodiscard]] std::uint32_t position_of(const Key& key) const noexcept {
    auto at = home_of(key);
    while (many_[at].first && !(many_[at].first == key))
      at = next(at);
    return at;
  }
  void put(Key key, Value value) noexcept {
    slot& free = has_one_slot() ? one_ : many_[position_of(key)];
    free.first = std::move(key);
    free.second = std::move(value);
  }
  /// Moves back entries that linear probing could not find past a free slot.
  void close_gap(std::uint32_t gap) noexcept {
    for (auto at = next(gap); many_[at].first; at = next(at)) {
      const auto home = home_of(many_[at].first);
      const bool is_reached_after_gap =
          ((at - home) & (capacity_ - 1)) < ((at - gap) & (capacity_ - 1));
      if (is_reached_after_gap)
        continue;
      many_[gap] = std::move(many_[at]);
      gap = at;
    }
    many_[gap] = slot();
  }
  void rehash(std::uint32_t capacity) {
    refill(std::make_unique<slot[]>(capacity), capacity);
  }
  /// Without memory the table stays as it is, until a later call.
  void shrink() noexcept {
    const auto capacity = capacity_ / 4;
    if (std::unique_ptr<slot[]> less(new (std::nothrow) slot[capacity]); less)
      refill(std::move(less), capacity);
  }
  void refill(std::unique_ptr<slot[]> fresh, std::uint32_t capacity) noexcept {
    const auto count = std::exchange(capacity_, capacity);
    if (count == 1) {
      slot only = std::move(one_);
      one_.~slot();
      many_ = fresh.release();
      put_if_taken(only);
      return;
    }
    const std::unique_ptr<slot[]> old(std::exchange(many_, fresh.release()));
    for (std::uint32_t i = 0; i < count; ++i)
      put_if_taken(old[i]);
  }
  void put_if_taken(slot& from) noexcept {
    if (from.first)
      put(std::move(from.first), std::move(from.second));
  }

  union {
    mutable slot one_; // of a table of one slot
    slot* many_;       // of others, at least one of them free
  };
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 1; // a power of two
};

} // namespace websock::runtime::detail
