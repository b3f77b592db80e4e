// The load of a mailbox whose limit needs more than a message count.
#pragma once

#include "latest_table.hpp"
#include "mailbox.hpp"
#include "mailbox_limit.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace websock::runtime::detail {

/// Exists only for a process with a limit in bytes, with keep_latest, or that has dropped
/// a message.
class mailbox_load {
public:
  /// Applies `limit` to `box` from now on, whatever waits in it.
  void set(const mailbox_limit& limit, const mailbox& box);

  /// Call when `entry` has been appended to the mailbox.
  void arrived(signal& entry);
  /// Call when `entry` has been removed but not destroyed yet.
  void left(const signal& entry);
  /// Call when `newer` has taken the place of `older`.
  void replaced(const signal& older, signal& newer);

  /// Whether `entry`, by itself or added to what waits, exceeds the limit in bytes.
  [[nodiscard]] bool is_over(signal& entry) const noexcept;
  [[nodiscard]] bool is_over_alone(signal& entry) const noexcept;
  /// Whether `newer` may take the place of `older`, the latest of the same key.
  [[nodiscard]] bool may_replace(const signal& older, signal& newer) const;

  [[nodiscard]] std::optional<latest_table>& latest() noexcept { return latest_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  std::uint64_t dropped = 0;

private:
  std::size_t bytes_ = 0; // the weight of all waiting messages
  std::size_t max_bytes_ = 0;
  std::optional<latest_table> latest_;
};

/// The memory of a message with its envelope, saturated; 0 for other signals.
[[nodiscard]] std::uint32_t weigh(const signal& entry) noexcept;

} // namespace websock::runtime::detail
