// The way of the events of a scope to one monitor.
#pragma once

#include "../mailbox/signal.hpp"
#include "../table/linked_list.hpp"

#include <memory>
#include <mutex>

namespace websock::runtime::process_group {

/// Keeps events in the order in which they are sent, whoever sends them. One from another
/// thread comes through the inbox of the monitor's shard; one that is made on that shard
/// goes to the mailbox at once, as what its cause sends later does, and takes along those
/// that are in the inbox.
class event_line : public std::enable_shared_from_this<event_line> {
public:
  /// An event in the inbox.
  class travelling;
  /// An event that is not sent yet.
  struct event {
    detail::owned_signal message;
    detail::owned_signal by_inbox; // null for one that is made on the shard
  };

  /// Allocates what sending takes. `to` is the monitor, here and in `send`.
  [[nodiscard]] event prepare(const detail::process_block& to,
                              detail::owned_signal message);
  /// On the same thread as `prepare`, one at a time.
  void send(detail::process_block& to, event made) noexcept;

private:
  void hasten(detail::process_block& to) noexcept;
  [[nodiscard]] detail::owned_signal take(travelling& one) noexcept;

  std::mutex mutex_; // between who sends and the monitor's shard
  detail::linked_list<travelling> in_inbox_;
};

} // namespace websock::runtime::process_group
