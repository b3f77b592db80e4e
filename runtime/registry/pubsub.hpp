// Publish and subscribe: topics of a node. Source: Phoenix.PubSub.
#pragma once

#include "../process/process.hpp"
#include "../term/reference.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

namespace websock::runtime {

class node;

namespace pubsub {

namespace detail {
void publish(node& owner, std::string_view topic, term message, const pid& except);
reference publish_counted(process& from, std::string_view topic, term message);
} // namespace detail

/// The outcome of a counted broadcast.
struct broadcast_result {
  reference id;
  std::size_t reached = 0; // mailboxes that took it
  std::size_t shed = 0;    // dropped by full mailboxes: this message, or older ones
};

/// Subscribes `who` to later broadcasts on `topic`, until it unsubscribes or exits; each
/// subscription delivers once. Call from `who` itself.
void subscribe(process& who, std::string_view topic);
/// Ends all subscriptions of `who` to `topic`; messages already delivered stay in the
/// mailbox.
void unsubscribe(process& who, std::string_view topic);

/// Sends `values` as one message to every subscriber of `topic`, including `from` if it
/// subscribes. Messages that `from` sends to a subscriber later arrive later.
template <class... Ts>
void broadcast(process& from, std::string_view topic, Ts&&... values) {
  detail::publish(from.node(), topic,
                  runtime::detail::make_term(std::forward<Ts>(values)...), {});
}
/// Like broadcast; when every shard has delivered, `from` gets a `broadcast_result` with
/// this reference. Both figures are exact: `shed` is the growth of the subscribers'
/// `messages_dropped` in total.
template <class... Ts>
[[nodiscard]] reference broadcast_counted(process& from, std::string_view topic,
                                          Ts&&... values) {
  return detail::publish_counted(from, topic,
                                 runtime::detail::make_term(std::forward<Ts>(values)...));
}
/// Like broadcast, but skips `from`.
template <class... Ts>
void broadcast_from(process& from, std::string_view topic, Ts&&... values) {
  detail::publish(from.node(), topic,
                  runtime::detail::make_term(std::forward<Ts>(values)...), from.pid());
}
/// Broadcasts from outside any process. Any thread.
template <class... Ts>
void broadcast(node& owner, std::string_view topic, Ts&&... values) {
  detail::publish(owner, topic, runtime::detail::make_term(std::forward<Ts>(values)...),
                  {});
}
/// The same, but skips `from`, which may be dead or not subscribed.
template <class... Ts>
void broadcast_from(node& owner, const pid& from, std::string_view topic,
                    Ts&&... values) {
  detail::publish(owner, topic, runtime::detail::make_term(std::forward<Ts>(values)...),
                  from);
}

} // namespace pubsub
} // namespace websock::runtime
