// The mailbox: one first-in-first-out queue for everything that a process receives.
// Only the process's own shard touches it.
#pragma once

#include "runtime/signal.hpp"

#include <cstddef>
#include <utility>

namespace runtime::detail {

/// Owns the signals in it. Intrusive: pushing allocates nothing.
class mailbox {
public:
  mailbox() noexcept = default;
  mailbox(const mailbox&) = delete;
  mailbox& operator=(const mailbox&) = delete;

  [[nodiscard]] bool empty() const noexcept { return head_ == nullptr; }
  /// Number of signals that wait. O(1).
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  void swap(mailbox& other) noexcept {
    std::swap(head_, other.head_);
    std::swap(tail_, other.tail_);
    std::swap(size_, other.size_);
  }
  void push(signal* entry) noexcept {
    entry->next = nullptr;
    (head_ == nullptr ? head_ : tail_->next) = entry;
    tail_ = entry;
    ++size_;
  }
  /// The oldest signal, or null.
  [[nodiscard]] signal* pop() noexcept {
    signal* first = head_;
    if (first != nullptr) {
      head_ = first->next;
      --size_;
    }
    return first;
  }
  /// Takes out the first signal that satisfies `wanted`, or null. O(n).
  template <class Predicate>
  [[nodiscard]] signal* extract(Predicate wanted) {
    signal* before = nullptr;
    for (signal* at = head_; at != nullptr; before = at, at = at->next) {
      if (!wanted(*at))
        continue;
      (before == nullptr ? head_ : before->next) = at->next;
      if (tail_ == at)
        tail_ = before;
      --size_;
      return at;
    }
    return nullptr;
  }

  /// Takes out every signal that satisfies `wanted`, oldest first, and hands it to
  /// `take`. Returns how many. O(n).
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
  std::size_t size_ = 0;
};

} // namespace runtime::detail
