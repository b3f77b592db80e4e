// How the channels of a route are made.
#pragma once

#include <functional>
#include <memory>

namespace websock {
class channel;
}

namespace websock::channels {

/// Makes a channel, on its shard.
using channel_factory = std::function<std::unique_ptr<channel>()>;

} // namespace websock::channels
