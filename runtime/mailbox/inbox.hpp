// The inbox of a shard: the only way in from other threads. A lock-free stack that is
// taken whole.
#pragma once

#include "websock/runtime/mailbox/signal.hpp"

#include <atomic>
#include <cassert>
#include <cstdint>

namespace websock::runtime::detail {

/// Many producers, one consumer. Keeps the order of each producer. Owns nothing: its
/// shard does.
class inbox {
public:
  enum class pushed : std::uint8_t { to_awake, to_asleep, refused };

  /// Any thread. `to_asleep` obliges the caller to wake the shard; `refused` leaves the
  /// entry with the caller, since nobody will take it.
  pushed push(signal* entry) noexcept {
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

  /// Refuses what comes from now on. False when something is in it: take that first. When
  /// the shard runs no more.
  [[nodiscard]] bool close() noexcept {
    wake_up();
    signal* expected = nullptr;
    return head_.compare_exchange_strong(expected, closed()) || expected == closed();
  }

  /// Everything pushed since the last call, oldest first. The shard's thread, before it
  /// is closed.
  [[nodiscard]] signal* take() noexcept {
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
  [[nodiscard]] signal* closed() const noexcept {
    return reinterpret_cast<signal*>(reinterpret_cast<char*>(const_cast<inbox*>(this))
                                     + 1); // no signal's either
  }
  // One comparison for both, as each push makes it.
  [[nodiscard]] bool is_asleep_or_closed(const signal* head) const noexcept {
    return reinterpret_cast<std::uintptr_t>(head) - reinterpret_cast<std::uintptr_t>(this)
           <= 1;
  }

  alignas(64) std::atomic<signal*> head_{nullptr};
};

} // namespace websock::runtime::detail
