// Publish and subscribe: topics of a node. Source: Phoenix.PubSub.
#pragma once

#include "websock/runtime/process/process.hpp"
#include "websock/runtime/term/reference.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

namespace websock::runtime {

class node;

namespace pubsub {

namespace detail {
void publish(node& on, std::string_view topic, term message, const pid& except);
reference publish_counted(process& from, std::string_view topic, term message);
} // namespace detail

/// What became of a broadcast that was counted.
struct broadcast_result {
  reference id;
  std::size_t reached = 0; // mailboxes that it was put into
  std::size_t shed = 0; // messages that full ones dropped for it: itself, or older ones
};

/// Every later broadcast to `topic` reaches `who`, once per subscription, until it
/// unsubscribes or exits. From `who` itself.
void subscribe(process& who, std::string_view topic);
/// Ends all subscriptions of `who` to `topic`; what was delivered before stays in the
/// mailbox.
void unsubscribe(process& who, std::string_view topic);

/// Sends one message made of `values` to every subscriber of `topic`, `from` included
/// when it subscribes. A later direct send of `from` to a subscriber arrives after it.
template <class... Ts>
void broadcast(process& from, std::string_view topic, Ts&&... values) {
  detail::publish(from.node(), topic,
                  runtime::detail::make_term(std::forward<Ts>(values)...), {});
}
/// As broadcast; when every shard has delivered, `from` gets a `broadcast_result` with
/// this reference. Both figures are exact: `shed` is by how much the sum of
/// `messages_dropped` of the subscribers has grown.
template <class... Ts>
[[nodiscard]] reference broadcast_counted(process& from, std::string_view topic,
                                          Ts&&... values) {
  return detail::publish_counted(from, topic,
                                 runtime::detail::make_term(std::forward<Ts>(values)...));
}
/// As broadcast, to all but `from`.
template <class... Ts>
void broadcast_from(process& from, std::string_view topic, Ts&&... values) {
  detail::publish(from.node(), topic,
                  runtime::detail::make_term(std::forward<Ts>(values)...), from.pid());
}
/// From outside any process. Any thread.
template <class... Ts>
void broadcast(node& on, std::string_view topic, Ts&&... values) {
  detail::publish(on, topic, runtime::detail::make_term(std::forward<Ts>(values)...), {});
}
/// The same, to all but `from`, which may be dead or subscribe to nothing.
template <class... Ts>
void broadcast_from(node& on, const pid& from, std::string_view topic, Ts&&... values) {
  detail::publish(on, topic, runtime::detail::make_term(std::forward<Ts>(values)...),
                  from);
}

} // namespace pubsub
} // namespace websock::runtime
