// Broadcasts by way of pubsub.
#include "websock/channels/broadcast/broadcast.hpp"

#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/channels/broadcast/topic_histories.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/registry/pubsub.hpp"

#include <memory>
#include <string>
#include <utility>

namespace websock::channels {

namespace pubsub = runtime::pubsub;

namespace {

[[nodiscard]] broadcast_message made(std::string_view topic, std::string_view event,
                                     const payload& body) {
  return {std::string(topic), std::string(event), body};
}

/// Broadcasts by the history of the topic. False if this is not kept.
[[nodiscard]] bool is_kept(runtime::node& on, std::string_view topic,
                           std::string_view event, const payload& body,
                           const runtime::pid& except) {
  auto& histories = on.extension<topic_histories>();
  const auto options = histories.find(topic);
  if (options == nullptr || !topic_histories::keeps(*options, event, body))
    return false;
  histories.publish(*options, topic, event, body, except);
  return true;
}

} // namespace

void broadcast(runtime::node& on, std::string_view topic, std::string_view event,
               const payload& body) {
  if (!is_kept(on, topic, event, body, {}))
    pubsub::broadcast(on, topic, made(topic, event, body));
}

void broadcast(runtime::process& from, std::string_view topic, std::string_view event,
               const payload& body) {
  if (!is_kept(from.node(), topic, event, body, {}))
    pubsub::broadcast(from, topic, made(topic, event, body));
}

void broadcast_from(runtime::process& from, std::string_view topic,
                    std::string_view event, const payload& body) {
  if (!is_kept(from.node(), topic, event, body, from.pid()))
    pubsub::broadcast_from(from, topic, made(topic, event, body));
}

void local_broadcast(runtime::node& on, std::string_view topic, std::string_view event,
                     const payload& body) {
  pubsub::local_broadcast(on, topic, made(topic, event, body));
}

void local_broadcast(runtime::process& from, std::string_view topic,
                     std::string_view event, const payload& body) {
  pubsub::local_broadcast(from, topic, made(topic, event, body));
}

void disconnect(runtime::node& on, std::string_view id) {
  broadcast(on, id, "disconnect");
}

void disconnect(runtime::process& from, std::string_view id) {
  broadcast(from, id, "disconnect");
}

} // namespace websock::channels
