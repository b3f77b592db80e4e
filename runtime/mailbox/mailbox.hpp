// The mailbox: one first-in-first-out queue for everything that a process receives.
#pragma once

#include "signal.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace websock::runtime::detail {

/// Holds what has been enqueued for one process, messages and other signals alike, and
/// owns it. Turns take from the front; a selective receive takes from the middle:
///
///     signal* first = box.pop();
///     signal* reply = box.extract([&](const signal& entry) { return is_reply(entry); });
///
/// Intrusive, so that pushing allocates nothing. Used only on the process's own shard.
class mailbox {
public:
  mailbox() noexcept = default;
  mailbox(const mailbox&) = delete;
  mailbox& operator=(const mailbox&) = delete;

  [[nodiscard]] bool empty() const noexcept { return head_ == nullptr; }
  /// The number of signals waiting. O(1).
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Whether nothing arrived after `entry`, which may be in the mailbox itself.
  [[nodiscard]] bool is_newest(const signal& entry) const noexcept {
    return head_ != nullptr && tail_ == &entry;
  }

  void swap(mailbox& other) noexcept {
    std::swap(head_, other.head_);
    std::swap(tail_, other.tail_);
    std::swap(size_, other.size_);
  }
  void push(signal* entry) noexcept {
    entry->next = nullptr;
    entry->previous = tail_;
    (head_ == nullptr ? head_ : tail_->next) = entry;
    tail_ = entry;
    ++size_;
  }
  /// Puts it ahead of everything that waits.
  void push_front(signal* entry) noexcept {
    entry->next = head_;
    (head_ == nullptr ? tail_ : head_->previous) = entry;
    head_ = entry;
    ++size_;
  }
  /// The oldest signal, or null.
  [[nodiscard]] signal* pop() noexcept {
    signal* first = head_;
    if (first != nullptr) {
      head_ = first->next;
      if (head_ == nullptr)
        tail_ = nullptr;
      --size_;
    }
    return first;
  }
  /// Removes a signal that is in the mailbox. O(1).
  void erase(signal* entry) noexcept {
    signal* before = entry == head_ ? nullptr : entry->previous;
    assert((before == nullptr || before->next == entry) && "it is in this mailbox");
    (before == nullptr ? head_ : before->next) = entry->next;
    (entry->next == nullptr ? tail_ : entry->next->previous) = before;
    --size_;
  }
  /// Removes `older` and puts `newer` in its place. O(1).
  void replace(signal* older, signal* newer) noexcept {
    signal* before = older == head_ ? nullptr : older->previous;
    assert((before == nullptr || before->next == older) && "it is in this mailbox");
    newer->next = older->next;
    newer->previous = before;
    (before == nullptr ? head_ : before->next) = newer;
    (older->next == nullptr ? tail_ : older->next->previous) = newer;
  }
  /// The first signal that satisfies `wanted`, or null. O(n).
  template <class Predicate>
  [[nodiscard]] signal* find(Predicate wanted) const {
    signal* at = head_;
    while (at != nullptr && !wanted(*at))
      at = at->next;
    return at;
  }
  /// Removes and returns it. O(n).
  template <class Predicate>
  [[nodiscard]] signal* extract(Predicate wanted) {
    signal* found = find(wanted);
    if (found != nullptr)
      erase(found);
    return found;
  }
  /// Oldest first.
  template <class F>
  void for_each(F look) const {
    for (signal* at = head_; at != nullptr; at = at->next)
      look(*at);
  }

  /// Removes every signal that satisfies `wanted`, oldest first, and passes it to `take`.
  /// Returns how many there were. O(n).
  template <class Predicate, class Take>
  std::size_t extract_all(Predicate wanted, Take take) {
    mailbox all;
    all.swap(*this);
    const std::size_t before = all.size();
    while (signal* at = all.pop()) {
      if (wanted(*at))
        take(at);
      else
        push(at);
    }
    return before - size_;
  }

private:
  signal* head_ = nullptr;
  signal* tail_ = nullptr;
  std::uint32_t size_ = 0; // last, so that the owner's members can use the padding
};

} // namespace websock::runtime::detail
