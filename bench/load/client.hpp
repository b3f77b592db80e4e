// One WebSocket connection of the load generator: it sends the messages of a pattern from
// some number on, and what it receives must be those of the same or another number on.
#pragma once

#include "bench/load/channel.hpp"
#include "bench/load/message_check.hpp"
#include "bench/load/pattern.hpp"
#include "bench/load/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace bench {

class client {
public:
  /// Connects, upgrades, and sends all of `first_of_all`, unless that is null, until the
  /// answers are there. Number 0 of what it sends then and of what it expects is number
  /// `first` of `messages`, which must outlive it.
  client(const settings& to, pattern* first_of_all, pattern& messages,
         std::uint64_t first, std::size_t source);

  [[nodiscard]] int fd() const noexcept { return channel_.fd(); }
  /// Allows it to send so many messages more.
  void allow(std::uint64_t more) noexcept { allowed_ += more; }
  /// Sends what is allowed, as far as the kernel takes it; false: it is not all gone.
  [[nodiscard]] bool flush();
  /// Messages whose frame has begun to leave.
  [[nodiscard]] std::uint64_t allowed() const noexcept { return allowed_; }
  [[nodiscard]] std::uint64_t received() const noexcept { return check_.complete(); }
  /// Takes what is there, into `buffer` meanwhile, and checks it; returns how many
  /// messages became complete. Throws std::runtime_error for anything wrong, a close too.
  [[nodiscard]] std::uint64_t receive(std::span<char> buffer);
  /// Whether the server is still there, of one that never reads.
  [[nodiscard]] bool is_closed();

private:
  void exchange(pattern& all);
  [[nodiscard]] std::size_t advance(std::size_t octets) noexcept;

  channel channel_;
  pattern& messages_;
  message_check check_;
  const std::uint64_t first_;
  std::uint64_t allowed_ = 0;
  std::uint64_t cursor_ = 0; // the message that leaves
  std::size_t offset_ = 0;   // octets of its frame that have left
};

} // namespace bench
