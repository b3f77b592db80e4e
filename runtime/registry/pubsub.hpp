// Publish and subscribe: topics of a node, and of the nodes of a cluster. Source:
// Phoenix.PubSub.
#pragma once

#include "../process/process.hpp"
#include "../term/reference.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace websock::runtime {

class lane;
class node;

namespace pubsub {

namespace detail {
void publish(node& owner, std::string_view topic, term message, const pid& except);
void publish_here(node& owner, std::string_view topic, const term& message,
                  const pid& except);
/// What another node has published: to the subscribers of this one.
void publish_arrived(node& owner, std::string_view topic, const term& message);
/// Some of what another node has published until now may never arrive: a way to it has
/// just been opened, for the first time or again.
void arrivals_interrupted(node& owner) noexcept;
void publish_at(node& owner, const std::string& where, std::string_view topic,
                const term& message);
reference publish_counted(process& from, std::string_view topic, term message);
} // namespace detail

/// The outcome of a counted broadcast on its own node.
struct broadcast_result {
  reference id;
  std::size_t reached = 0; // mailboxes that took it
  std::size_t shed = 0;    // dropped by full mailboxes: this message, or older ones
};

/// Subscribes `who` to later broadcasts on `topic`, until it unsubscribes or exits; each
/// subscription delivers once. Call from `who` itself.
void subscribe(process& who, std::string_view topic);
/// The same, with messages that pass `who` by on the way of `way`: for libraries.
void subscribe(process& who, std::string_view topic, std::unique_ptr<const lane> way);
/// Ends all subscriptions of `who` to `topic`; messages already delivered stay in the
/// mailbox.
void unsubscribe(process& who, std::string_view topic);

/// Sends `values` as one message to every subscriber of `topic`, including `from` if it
/// subscribes. Messages that `from` sends to a subscriber later arrive later.
///
/// In a cluster that shares topics (cluster_options::shares_topics), so do the
/// subscribers on all connected nodes that share theirs; and those on nodes that engines
/// reach. Throws not_transmissible, before
/// anybody gets the message, when it cannot cross to them. What crosses arrives once, or
/// not at all if its connection is lost.
template <class... Ts>
void broadcast(process& from, std::string_view topic, Ts&&... values) {
  detail::publish(from.node(), topic,
                  runtime::detail::make_term(std::forward<Ts>(values)...), {});
}
/// Like broadcast; when every shard has delivered, `from` gets a `broadcast_result` with
/// this reference. Both figures are exact: `shed` is the growth of the subscribers'
/// `messages_dropped` in total. Subscribers on other nodes get it too, uncounted.
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

/// Broadcasts to the subscribers on this node alone; any values may be sent.
template <class... Ts>
void local_broadcast(process& from, std::string_view topic, Ts&&... values) {
  detail::publish_here(from.node(), topic,
                       runtime::detail::make_term(std::forward<Ts>(values)...), {});
}
template <class... Ts>
void local_broadcast(node& owner, std::string_view topic, Ts&&... values) {
  detail::publish_here(owner, topic,
                       runtime::detail::make_term(std::forward<Ts>(values)...), {});
}

/// Broadcasts to the subscribers on the node named `where` alone, as in "chat@10.0.0.8".
/// Like a message to a name there: it connects the nodes if they are not, and vanishes
/// without a cluster. Throws not_transmissible.
template <class... Ts>
void direct_broadcast(process& from, const std::string& where, std::string_view topic,
                      Ts&&... values) {
  detail::publish_at(from.node(), where, topic,
                     runtime::detail::make_term(std::forward<Ts>(values)...));
}
template <class... Ts>
void direct_broadcast(node& owner, const std::string& where, std::string_view topic,
                      Ts&&... values) {
  detail::publish_at(owner, where, topic,
                     runtime::detail::make_term(std::forward<Ts>(values)...));
}

} // namespace pubsub
} // namespace websock::runtime
