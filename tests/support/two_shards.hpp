// Options for a small threaded node that logs nothing.
#pragma once

#include "websock/runtime/process/node.hpp"

#include <chrono>

namespace runtime = websock::runtime;

namespace tests {

/// Kills processes that still ignore shutdown after `limit`.
[[nodiscard]] inline runtime::node_options
two_shards(std::chrono::milliseconds limit = std::chrono::milliseconds(0)) {
  return {.shards = 2,
          .pool_threads = 1,
          .stop_timeout = limit,
          .log = [](runtime::log_level, auto) {}};
}

} // namespace tests
