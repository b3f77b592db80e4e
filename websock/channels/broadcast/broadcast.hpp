// Telling all clients that have joined a topic, from anywhere.
#pragma once

#include "websock/channels/envelope/payload.hpp"

#include <string_view>

namespace websock::runtime {
class node;
class process;
} // namespace websock::runtime

namespace websock::channels {

/// Sends `event` to every client that has joined `topic`, and a broadcast_message to
/// every other subscriber of that topic of pubsub. Throws std::invalid_argument unless
/// the payload is an object or binary. Any thread. Source: Phoenix.Endpoint.broadcast/3.
void broadcast(runtime::node& on, std::string_view topic, std::string_view event,
               const payload& body = {});
/// The same from a process: what it sends to a client's socket later arrives later.
void broadcast(runtime::process& from, std::string_view topic, std::string_view event,
               const payload& body = {});
/// The same without `from` itself. Source: Phoenix.Endpoint.broadcast_from/4.
void broadcast_from(runtime::process& from, std::string_view topic,
                    std::string_view event, const payload& body = {});
/// Only to clients and subscribers of this node.
void local_broadcast(runtime::node& on, std::string_view topic, std::string_view event,
                     const payload& body = {});
void local_broadcast(runtime::process& from, std::string_view topic,
                     std::string_view event, const payload& body = {});

/// Closes every socket whose channel_socket::id is `id`, with 1001. Any thread.
void disconnect(runtime::node& on, std::string_view id);
void disconnect(runtime::process& from, std::string_view id);

} // namespace websock::channels
