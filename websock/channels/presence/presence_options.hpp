// What an application decides of a presence, and what it may do with changes.
#pragma once

#include "websock/channels/envelope/json.hpp"
#include "websock/channels/presence/presence_limits.hpp"
#include "websock/runtime/process/process.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace websock::channels {

/// What has changed in a topic since the last one, for the subscribers of this node.
struct presence_diff {
  std::string topic;
  std::string event = "presence_diff";
  std::string payload; // {"joins": presences, "leaves": presences}, both always there

  friend bool operator==(const presence_diff&, const presence_diff&) = default;
  friend std::string to_string(const presence_diff& diff) {
    return diff.topic + ' ' + diff.event + ' ' + diff.payload;
  }
};

/// Called on the shard of the tracker, `fetch` also by whoever lists presences. They must
/// not block. What they throw is logged; the diff then goes out without their part.
struct presence_hooks {
  /// May add members beside "metas" to presences, which are {key: {"metas": [...]}}, as
  /// in names from a table. Source: fetch/2.
  std::function<json(std::string_view topic, json presences)> fetch{};
  /// After a diff: what has joined and left, and who is present now.
  /// Source: handle_metas/4.
  std::function<void(std::string_view topic, const json& joins, const json& leaves,
                     const json& presences)>
      handle_metas{};
  /// Sends a diff to its topic's subscribers on this node. By default it is a broadcast:
  /// clients get it as it is, other subscribers a broadcast_message.
  std::function<void(runtime::process& tracker, const presence_diff& diff)> publish{};
};

struct presence_options {
  /// Tells presences of one node apart. The presence of that name on other nodes is the
  /// same one. A process is registered under it.
  std::string name = "websock_presence";
  /// What this node is called where an engine joins presences (join_redis): the name of
  /// the engine. Empty: a cluster joins them, or nothing does.
  std::string node_name{};
  presence_hooks hooks{};
  presence_periods periods{};
  presence_limits limits{};
};

} // namespace websock::channels
