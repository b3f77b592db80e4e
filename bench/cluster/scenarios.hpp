// What a run can be; each prints one line of JSON.
#pragma once

#include "websock/runtime/node.hpp"

#include "bench/cluster/settings.hpp"

#include <nlohmann/json.hpp>

namespace bench {

namespace runtime = websock::runtime;

[[nodiscard]] inline runtime::node_options node_options_of(const settings& how) {
  return {.shards = how.shards,
          .pool_threads = 1,
          .stop_timeout = std::chrono::milliseconds(0),
          .log = [](runtime::log_level, auto) {}};
}

/// The other node: prints its port, and runs until the end of its input.
void serve(const settings& how);

/// One process sends `count` messages to one on the other node.
[[nodiscard]] nlohmann::json flood(const settings& how);
/// Pings while somebody else sends messages of `size`.
[[nodiscard]] nlohmann::json large(const settings& how);
/// To subscribers of this node, and of the two others if there are any.
[[nodiscard]] nlohmann::json broadcast(const settings& how);
/// The other node stands still while a process, and then a thread, sends to it.
[[nodiscard]] nlohmann::json stopped(const settings& how);
/// The other node is killed while `count` links and `count` monitors hold.
[[nodiscard]] nlohmann::json killed(const settings& how);
/// The same by standing still until net_ticktime is over.
[[nodiscard]] nlohmann::json silent(const settings& how);

} // namespace bench
