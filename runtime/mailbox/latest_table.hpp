// Which messages of a mailbox are the latest of their key, and which no longer are.
#pragma once

#include "websock/runtime/mailbox/signal.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>

namespace websock::runtime::detail {

/// Of the mailboxes under `when_full::keep_latest` only. Everything is O(1). Owns
/// nothing: the mailbox does. A message has a key when its type has one, and it may be
/// dropped.
class latest_table {
public:
  /// `entry` is at the end of the mailbox now.
  void arrived(signal& entry);
  /// `entry` is no longer in it, but not yet gone.
  void left(const signal& entry);
  /// `newer` has the place of `older`, which was the latest of the same key.
  void replaced(const signal& older, signal& newer);

  /// The latest that waits with the key of `entry`; null without one.
  [[nodiscard]] signal* waiting_like(const signal& entry) const;
  /// Whether a message without a key came behind the latest of its key: what takes that
  /// one's place would overtake it.
  [[nodiscard]] bool is_fenced(const signal& latest) const;
  /// The message that has been superseded longest; null when none waits.
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
    std::uint64_t fences; // how many there had been when it came
  };

  std::unordered_map<const signal*, place, hash, same_key> latest_; // by their keys
  std::list<signal*> superseded_;
  std::unordered_map<const signal*, std::list<signal*>::iterator> places_; // in there
  std::uint64_t fences_ = 0;
};

} // namespace websock::runtime::detail
