// A list in order of insertion, from which any entry can be removed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace websock::runtime::detail {

/// Each entry has a number, higher than the one before it. A removed entry leaves a gap
/// until half of the list is gaps. Appending is O(1) and removing O(log n), both
/// amortised; iterating costs as much as over a vector.
template <class T>
class ordered_entries {
public:
  using number = std::uint64_t;

  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }

  /// Guarantees that the next `many` appends do not allocate.
  void make_room(std::size_t many = 1) {
    const auto size = slots_.size() + many;
    if (size > slots_.capacity())
      slots_.reserve(std::max(size, slots_.capacity() * 2));
  }
  /// `of_entry` must be higher than the number of every entry that is or was here.
  void append(number entry_number, T value) {
    slots_.push_back({entry_number, std::move(value)});
    ++count_;
  }
  /// Empty when there is no such entry.
  std::optional<T> take(number entry_number) {
    const auto found = std::lower_bound(
        slots_.begin(), slots_.end(), entry_number,
        [](const slot& each, number wanted) { return each.at < wanted; });
    if (found == slots_.end() || found->at != entry_number || !found->value)
      return std::nullopt;
    std::optional<T> taken(std::move(found->value));
    found->value.reset();
    if (--count_ < slots_.size() / 2)
      close_gaps();
    return taken;
  }
  /// Calls `look(const T&)` with each, in order.
  template <class F>
  void for_each(F look) const {
    for (const slot& each : slots_)
      if (each.value)
        look(*each.value);
  }
  /// The same, last entry first.
  template <class F>
  void for_each_backwards(F look) const {
    for (auto at = slots_.rbegin(); at != slots_.rend(); ++at)
      if (at->value)
        look(*at->value);
  }
  /// The first entry that satisfies `wanted(const T&)`, or null. O(n).
  template <class Predicate>
  [[nodiscard]] T* find_if(Predicate wanted) {
    for (slot& each : slots_)
      if (each.value && wanted(*each.value))
        return &*each.value;
    return nullptr;
  }

private:
  struct slot {
    number at;
    std::optional<T> value;
  };

  void close_gaps() {
    std::erase_if(slots_, [](const slot& each) { return !each.value; });
    if (slots_.size() < slots_.capacity() / 4)
      slots_.shrink_to_fit();
  }

  std::vector<slot> slots_;
  std::size_t count_ = 0;
};

} // namespace websock::runtime::detail
