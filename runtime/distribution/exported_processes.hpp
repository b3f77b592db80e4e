// The processes of this node whose pids other nodes have been given.
#pragma once

#include "../address/pid.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace websock::runtime::distribution {

/// Finds a process by the number in its pid, for signals that arrive from other nodes: a
/// process that no other node has heard of is not found. Any thread.
///
/// Dead processes are swept out whenever the table has doubled since the last sweep, so
/// that it holds at most twice as many as were alive then.
class exported_processes {
public:
  /// Does nothing for a process that is listed, and for one that is dead.
  void add(const pid& who);
  /// Empty when no process with this number is listed.
  [[nodiscard]] pid find(std::uint64_t number) const;
  [[nodiscard]] std::size_t size() const;
  /// Forgets all, and lists none any more: what a process still holds may hold the table.
  void close() noexcept;

private:
  static constexpr std::size_t stripes = 16;
  static constexpr std::size_t least_swept = 64; // entries of a stripe

  struct stripe {
    mutable std::mutex mutex; // encoders on all threads, the connections' shard
    std::unordered_map<std::uint64_t, pid> by_number;
    std::size_t swept_at = least_swept;
    bool is_closed = false;
  };

  static void sweep(stripe& of);
  [[nodiscard]] stripe& stripe_of(std::uint64_t number) noexcept {
    return stripes_[number % stripes];
  }
  [[nodiscard]] const stripe& stripe_of(std::uint64_t number) const noexcept {
    return stripes_[number % stripes];
  }

  std::array<stripe, stripes> stripes_;
};

} // namespace websock::runtime::distribution
