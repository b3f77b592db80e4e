// A mailbox with its limit: what it carries, and which message makes room for another.
#pragma once

#include "websock/runtime/mailbox/mailbox.hpp"
#include "websock/runtime/mailbox/mailbox_limit.hpp"
#include "websock/runtime/mailbox/mailbox_load.hpp"
#include "websock/runtime/mailbox/signal.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace websock::runtime::detail {

/// Owns the signals in it. Without a limit it is a plain mailbox, at the cost of two
/// comparisons. Only the process's own shard touches it.
class bounded_mailbox {
public:
  [[nodiscard]] bool empty() const noexcept { return queue_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return queue_.size(); }
  [[nodiscard]] bool is_newest(const signal& entry) const noexcept {
    return queue_.is_newest(entry);
  }
  /// Whether messages are weighed, or looked up by their keys.
  [[nodiscard]] bool is_weighed() const noexcept { return load_ != nullptr; }
  [[nodiscard]] std::size_t bytes() const noexcept { return load_ ? load_->bytes() : 0; }
  [[nodiscard]] std::uint64_t dropped() const noexcept {
    return load_ ? load_->dropped : 0;
  }

  /// From now on this is the limit, whatever waits. May throw std::bad_alloc.
  void set_limit(const mailbox_limit& limit);
  [[nodiscard]] when_full policy() const noexcept { return policy_; }
  [[nodiscard]] bool is_full_for(signal& entry) const noexcept {
    return (max_messages_ != 0 && queue_.size() >= max_messages_)
           || (load_ != nullptr && load_->is_over(entry));
  }

  /// Puts `entry` in, at the end; `note_arrival` is to follow, when it is weighed.
  void push(signal* entry) noexcept { queue_.push(entry); }
  /// May throw what a user's `mailbox_key` throws; the entry is in the mailbox.
  void note_arrival(signal& entry) {
    assert(is_weighed() && is_newest(entry) && "an arrival is noted when it is pushed");
    load_->arrived(entry);
  }
  /// Ahead of everything that waits.
  void push_front(signal* entry) noexcept { queue_.push_front(entry); }
  /// The oldest signal, or null.
  [[nodiscard]] signal* pop() noexcept {
    signal* oldest = queue_.pop();
    if (load_ != nullptr && oldest != nullptr)
      load_->left(*oldest);
    return oldest;
  }
  /// The same at the end of the process, when nothing is weighed any more.
  [[nodiscard]] signal* pop_unweighed() noexcept { return queue_.pop(); }
  /// Takes out the first that satisfies `wanted`; null when none does. O(n).
  template <class Predicate>
  [[nodiscard]] signal* extract(Predicate wanted) {
    signal* found = queue_.extract(wanted);
    if (load_ != nullptr && found != nullptr)
      load_->left(*found);
    return found;
  }
  /// Takes out all that satisfy `wanted`, oldest first, and hands them to `take`. O(n).
  template <class Predicate, class Take>
  void extract_all(Predicate wanted, Take take) {
    queue_.extract_all(wanted, [&](signal* entry) {
      if (load_ != nullptr)
        load_->left(*entry);
      take(entry);
    });
  }
  /// The contents, for a process that begins with none.
  void swap_contents(mailbox& other) noexcept { queue_.swap(other); }

  /// What became of a message that found the mailbox full.
  enum class place : std::uint8_t { none, last, of_older };
  /// For drop_oldest and keep_latest: drops others until `entry` has a place. `last`: the
  /// caller puts it in; `of_older`: it is in; `none`: it is too large, or whatever waits
  /// is never dropped. Adds what it drops to `dropped`, as the others do.
  [[nodiscard]] place make_place(signal& entry, std::uint64_t& dropped);
  /// Drops all messages that wait.
  void drop_messages(std::uint64_t& dropped);
  /// Ends a message that is not in it, and counts it.
  void drop(signal* entry, std::uint64_t& dropped);

private:
  [[nodiscard]] mailbox_load& load();
  [[nodiscard]] place make_room(signal& entry, std::uint64_t& dropped);
  [[nodiscard]] place supersede(signal* older, signal* newer, std::uint64_t& dropped);
  void take_out(signal* entry);

  [[no_unique_address]] mailbox queue_; // what follows lies in its padding
  std::uint32_t max_messages_ = 0;      // 0: no limit
  std::unique_ptr<mailbox_load> load_;  // null unless more than a count is needed
  when_full policy_ = when_full::exit_killed;
};

} // namespace websock::runtime::detail
