// What a mailbox carries, for those whose limit needs more than a count.
#pragma once

#include "websock/runtime/mailbox/latest_table.hpp"
#include "websock/runtime/mailbox/mailbox.hpp"
#include "websock/runtime/mailbox/mailbox_limit.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace websock::runtime::detail {

/// Only a process with a limit in bytes, with keep_latest, or that has dropped something
/// has one.
class mailbox_load {
public:
  /// From now on this is the limit of `box`, whatever waits in it.
  void set(const mailbox_limit& limit, const mailbox& box);

  /// `entry` is at the end of the mailbox now.
  void arrived(signal& entry);
  /// `entry` is no longer in it, but not yet gone.
  void left(const signal& entry);
  /// `newer` has the place of `older`.
  void replaced(const signal& older, signal& newer);

  /// Whether `entry` would exceed the bytes, with all that waits or by itself.
  [[nodiscard]] bool is_over(signal& entry) const noexcept;
  [[nodiscard]] bool is_over_alone(signal& entry) const noexcept;
  /// Whether `newer` may have the place of `older`, the latest of the same key.
  [[nodiscard]] bool may_replace(const signal& older, signal& newer) const;

  [[nodiscard]] std::optional<latest_table>& latest() noexcept { return latest_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  std::uint64_t dropped = 0;

private:
  std::size_t bytes_ = 0; // of what waits
  std::size_t max_bytes_ = 0;
  std::optional<latest_table> latest_;
};

/// What a message takes in memory with its envelope, saturated; 0 for what is no message.
[[nodiscard]] std::uint32_t weigh(const signal& entry) noexcept;

} // namespace websock::runtime::detail
