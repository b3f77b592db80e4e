// A mailbox with its limit: tracks the load and decides which message makes room.
#pragma once

#include "mailbox.hpp"
#include "mailbox_limit.hpp"
#include "mailbox_load.hpp"
#include "signal.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace websock::runtime::detail {

/// Owns its signals. Without a limit it is a plain mailbox, at the cost of two
/// comparisons. Used only on the process's own shard.
class bounded_mailbox {
public:
  [[nodiscard]] bool empty() const noexcept { return queue_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return queue_.size(); }
  [[nodiscard]] bool is_newest(const signal& entry) const noexcept {
    return queue_.is_newest(entry);
  }
  /// Whether it tracks the weights or keys of messages.
  [[nodiscard]] bool is_weighed() const noexcept { return load_ != nullptr; }
  [[nodiscard]] std::size_t bytes() const noexcept { return load_ ? load_->bytes() : 0; }
  [[nodiscard]] std::uint64_t dropped() const noexcept {
    return load_ ? load_->dropped : 0;
  }

  /// Applies from now on, even if more is already waiting. May throw std::bad_alloc.
  void set_limit(const mailbox_limit& limit);
  [[nodiscard]] when_full policy() const noexcept { return policy_; }
  [[nodiscard]] bool is_full_for(signal& entry) const noexcept {
    return (max_messages_ != 0 && queue_.size() >= max_messages_)
           || (load_ != nullptr && load_->is_over(entry));
  }

  /// Appends `entry`. If `is_weighed()`, call `note_arrival` next.
  void push(signal* entry) noexcept { queue_.push(entry); }
  /// May rethrow what the user's `mailbox_key` throws; the entry stays in the mailbox.
  void note_arrival(signal& entry) {
    assert(is_weighed() && is_newest(entry) && "an arrival is noted when it is pushed");
    load_->arrived(entry);
  }
  /// Puts it ahead of everything that waits.
  void push_front(signal* entry) noexcept { queue_.push_front(entry); }
  /// The oldest signal, or null.
  [[nodiscard]] signal* pop() noexcept {
    signal* oldest = queue_.pop();
    if (load_ != nullptr && oldest != nullptr)
      load_->left(*oldest);
    return oldest;
  }
  /// The same when the process exits and weights no longer matter.
  [[nodiscard]] signal* pop_unweighed() noexcept { return queue_.pop(); }
  /// Removes the first signal that satisfies `wanted`; null when none does. O(n).
  template <class Predicate>
  [[nodiscard]] signal* extract(Predicate wanted) {
    signal* found = queue_.extract(wanted);
    if (load_ != nullptr && found != nullptr)
      load_->left(*found);
    return found;
  }
  /// Removes every signal that satisfies `wanted`, oldest first, and passes it to `take`.
  /// O(n).
  template <class Predicate, class Take>
  void extract_all(Predicate wanted, Take take) {
    queue_.extract_all(wanted, [&](signal* entry) {
      if (load_ != nullptr)
        load_->left(*entry);
      take(entry);
    });
  }
  /// Exchanges the contents, for a process whose mailbox starts empty.
  void swap_contents(mailbox& other) noexcept { queue_.swap(other); }

  /// The outcome for a message that found the mailbox full.
  enum class place : std::uint8_t { none, last, of_older };
  /// For drop_oldest and keep_latest: drops others until `entry` has a place. `last`: the
  /// caller appends it; `of_older`: it took the place of an older message; `none`: it is
  /// too large, or nothing that waits may be dropped. Adds the number of messages dropped
  /// to `dropped`, as the functions below do.
  [[nodiscard]] place make_place(signal& entry, std::uint64_t& dropped);
  /// Drops all waiting messages.
  void drop_messages(std::uint64_t& dropped);
  /// Disposes of a message that is not in the mailbox, and counts it.
  void drop(signal* entry, std::uint64_t& dropped);

private:
  [[nodiscard]] mailbox_load& load();
  [[nodiscard]] place make_room(signal& entry, std::uint64_t& dropped);
  [[nodiscard]] place supersede(signal* older, signal* newer, std::uint64_t& dropped);
  void take_out(signal* entry);

  [[no_unique_address]] mailbox queue_; // its padding holds the next members
  std::uint32_t max_messages_ = 0;      // 0: no limit
  std::unique_ptr<mailbox_load> load_;  // null while a count is enough
  when_full policy_ = when_full::exit_killed;
};

} // namespace websock::runtime::detail
