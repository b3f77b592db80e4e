// Asking the process of a socket for its channels.
#pragma once

#include "websock/runtime/address/pid.hpp"

#include <cstdint>
#include <string>

namespace websock::channels {

/// A channel of a socket, for people and tests.
struct channel_status {
  enum class kind : std::uint8_t { joining, joined, leaving };
  std::string topic;
  runtime::pid process;
  kind status;
};

/// The request that the process of a socket answers with a vector of channel_status, in
/// the order of their topics:
/// `co_await self().call<std::vector<channel_status>>(socket, 1s, list_channels{})`.
struct list_channels {};

} // namespace websock::channels
