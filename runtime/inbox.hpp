// The inbox of a shard: the only way in from other threads. A lock-free stack that is
// taken whole.
#pragma once

#include "runtime/signal.hpp"

#include <atomic>

namespace runtime::detail {

/// Many producers, one consumer. Keeps the order of each producer. Owns nothing: its
/// shard does.
class inbox {
public:
  enum class pushed : bool { to_awake, to_asleep };

  /// Any thread. `to_asleep` obliges the caller to wake the shard.
  pushed push(signal* entry) noexcept {
    signal* head = head_.load(std::memory_order_relaxed);
    do {
      entry->next = head == asleep() ? nullptr : head;
      // release: the consumer's acquire in take() sees what the producer wrote into the
      // entry.
    } while (!head_.compare_exchange_weak(head, entry, std::memory_order_release,
                                          std::memory_order_relaxed));
    return head == asleep() ? pushed::to_asleep : pushed::to_awake;
  }

  /// Everything pushed since the last call, oldest first. The shard's thread.
  [[nodiscard]] signal* take() noexcept {
    if (head_.load(std::memory_order_relaxed) == nullptr)
      return nullptr;
    // acquire: pairs with the release in push().
    signal* newest = head_.exchange(nullptr, std::memory_order_acquire);
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

  /// Announces that the shard is about to block. False when something arrived: don't.
  [[nodiscard]] bool fall_asleep() noexcept {
    signal* expected = nullptr;
    return head_.compare_exchange_strong(expected, asleep(), std::memory_order_relaxed);
  }
  /// Ends `fall_asleep`; entries that arrived meanwhile stay.
  void wake_up() noexcept {
    signal* expected = asleep();
    head_.compare_exchange_strong(expected, nullptr, std::memory_order_relaxed);
  }
  [[nodiscard]] bool empty() const noexcept {
    signal* head = head_.load(std::memory_order_relaxed);
    return head == nullptr || head == asleep();
  }

private:
  [[nodiscard]] signal* asleep() const noexcept {
    // Never dereferenced: the inbox's own address cannot be a signal's.
    return reinterpret_cast<signal*>(const_cast<inbox*>(this));
  }

  alignas(64) std::atomic<signal*> head_{nullptr};
};

} // namespace runtime::detail
