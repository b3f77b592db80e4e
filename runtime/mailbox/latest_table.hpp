// Tracks which messages in a mailbox are the latest of their key and which are
// superseded.
#pragma once

#include "signal.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>

namespace websock::runtime::detail {

/// Only mailboxes with `when_full::keep_latest` have one. All operations are O(1). Owns
/// no signals; the mailbox does. A message has a key when its type has one and it may be
/// dropped.
class latest_table {
public:
  /// Call when `entry` has been appended to the mailbox.
  void arrived(signal& entry);
  /// Call when `entry` has been removed from the mailbox but not destroyed yet.
  void left(const signal& entry);
  /// Call when `newer` has taken the place of `older`, the latest of the same key.
  void replaced(const signal& older, signal& newer);

  /// The latest waiting message with the key of `entry`; null if there is none.
  [[nodiscard]] signal* waiting_like(const signal& entry) const;
  /// Whether a message without a key arrived after `latest`: taking the place of `latest`
  /// would overtake it.
  [[nodiscard]] bool is_fenced(const signal& latest) const;
  /// The message that has been superseded the longest; null when there is none.
  [[nodiscard]] signal* superseded() const noexcept {
    return superseded_.empty() ? nullptr : superseded_.front();
  }

private:
  struct hash {
    std::size_t operator()(const signal* entry) const noexcept;
  };
  struct same_key {
    bool operator()(const signal* a, const signal* b) const noexcept;
  };
  struct place {
    signal* entry;
    std::uint64_t fences; // the number of fences when it arrived
  };

  std::unordered_map<const signal*, place, hash, same_key> latest_; // by key
  std::list<signal*> superseded_;
  std::unordered_map<const signal*, std::list<signal*>::iterator> places_; // in the list
  std::uint64_t fences_ = 0;
};

} // namespace websock::runtime::detail
