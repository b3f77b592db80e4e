// A broadcast's way to a client that does not wake its channel.
#pragma once

#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/channels/envelope/serializer.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/process/lane.hpp"

#include <memory>
#include <string>
#include <vector>

namespace websock::channels {

/// For a channel's subscription to its topic: broadcasts go to the process of its socket,
/// except those with an event that the channel intercepts. `transport` is on the
/// channel's shard.
[[nodiscard]] std::unique_ptr<const runtime::lane>
make_fastlane(runtime::pid transport, serializer how,
              std::vector<std::string> intercepted);

} // namespace websock::channels
