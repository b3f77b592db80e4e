// The inbox of a shard: the only entrance for other threads. A lock-free stack that the
// shard always takes as a whole.
#pragma once

#include "signal.hpp"

#include <atomic>
#include <cassert>
#include <cstdint>

namespace websock::runtime::detail {

/// Many producers, one consumer. Keeps the order of each producer. The shard owns the
/// entries.
class inbox {
public:
  enum class pushed : std::uint8_t { to_awake, to_asleep, refused };
  /// Any thread. After `to_asleep` the caller must wake the shard; after `refused` it
  /// keeps the entry, as the shard takes no more.
  pushed push(signal* entry) noexcept {
    // relaxed: a first guess, which the exchange checks; so is the value read on failure.
    signal* head = head_.load(std::memory_order_relaxed);
    bool is_mark = false;
    do {
      is_mark = is_asleep_or_closed(head);
      if (is_mark && head == closed()) [[unlikely]]
        return pushed::refused;
      entry->next = is_mark ? nullptr : head;
      // release: the consumer's acquire in take() sees what the producer wrote into the
      // entry.
    } while (!head_.compare_exchange_weak(head, entry, std::memory_order_release,
                                          std::memory_order_relaxed));
    return is_mark ? pushed::to_asleep : pushed::to_awake;
  }

  /// Refuses all entries from now on. False when the inbox is not empty: take() first.
  /// Call only when the shard has stopped running.
  [[nodiscard]] bool close() noexcept {
    wake_up();
    signal* expected = nullptr;
    return head_.compare_exchange_strong(expected, closed()) || expected == closed();
  }

  /// Everything pushed since the last call, oldest first. Only the shard's thread, before
  /// close().
  [[nodiscard]] signal* take() noexcept {
    // relaxed: only asks whether it is empty; the exchange orders what is read.
    if (head_.load(std::memory_order_relaxed) == nullptr)
      return nullptr;
    // acquire: pairs with the release in push().
    signal* newest = head_.exchange(nullptr, std::memory_order_acquire);
    assert(newest != closed() && "nothing is taken out of an inbox that is closed");
    if (newest == asleep())
      return nullptr;
    signal* oldest = nullptr;
    while (newest != nullptr) {
      signal* older = newest->next;
      newest->next = oldest;
      oldest = newest;
      newest = older;
    }
    return oldest;
  }

  /// Announces that the shard is about to block. False when something has arrived: don't.
  [[nodiscard]] bool fall_asleep() noexcept {
    // relaxed: it replaces an empty head, so there is nothing to acquire or release. A
    // producer that finds the mark wakes the shard with a system call.
    signal* expected = nullptr;
    return head_.compare_exchange_strong(expected, asleep(), std::memory_order_relaxed);
  }
  /// Ends `fall_asleep`; entries that have arrived meanwhile stay.
  void wake_up() noexcept {
    // relaxed: the mark publishes nothing; take() acquires entries that replaced it.
    signal* expected = asleep();
    head_.compare_exchange_strong(expected, nullptr, std::memory_order_relaxed);
  }
  [[nodiscard]] bool empty() const noexcept {
    // relaxed: a hint; take() acquires before anything is read.
    signal* head = head_.load(std::memory_order_relaxed);
    return head == nullptr || head == asleep();
  }

private:
  [[nodiscard]] signal* asleep() const noexcept {
    // Never dereferenced. The inbox's own address cannot be the address of a signal.
    return reinterpret_cast<signal*>(const_cast<inbox*>(this));
  }
  [[nodiscard]] signal* closed() const noexcept {
    return reinterpret_cast<signal*>(reinterpret_cast<char*>(const_cast<inbox*>(this))
                                     + 1); // nor can the next one
  }
  // One comparison for both marks, as every push makes it.
  [[nodiscard]] bool is_asleep_or_closed(const signal* head) const noexcept {
    return reinterpret_cast<std::uintptr_t>(head) - reinterpret_cast<std::uintptr_t>(this)
           <= 1;
  }

  alignas(64) std::atomic<signal*> head_{nullptr};
};

} // namespace websock::runtime::detail
