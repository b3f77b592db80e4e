// What all sockets at one path have in common.
#pragma once

#include "websock/channels/channel/channel_socket.hpp"
#include "websock/channels/socket/channels_options.hpp"
#include "websock/channels/socket/topic_routes.hpp"

#include <functional>
#include <memory>

namespace websock::channels {

/// Set up before the server starts, and read on every shard afterwards.
struct endpoint {
  channels_options options;
  std::function<std::shared_ptr<channel_socket>()> make_socket;
  topic_routes routes;
};

} // namespace websock::channels
