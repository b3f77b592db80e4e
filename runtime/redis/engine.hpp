// Topics that nodes share through Redis.
#pragma once

#include "../address/node_events.hpp"
#include "../address/pid.hpp"
#include "dial.hpp"
#include "engine_figures.hpp"
#include "engine_options.hpp"
#include "gap.hpp"

#include <future>
#include <memory>
#include <string>
#include <vector>

namespace websock::runtime {

class node;

namespace redis {

class member;

/// From now on what is published on this node (pubsub::broadcast) reaches the subscribers
/// on all nodes that have an engine at the same Redis, with the same prefix and database,
/// and what they publish those here:
///
///     websock::redis::engine shared(node, {.name = "chat-1", .host = "10.0.0.9"});
///
/// Subscribers on the node itself get it first, whatever Redis does. At most once, in
/// order for each node that publishes. What is lost is told: `monitor_gaps`.
///
/// Any thread may call each function but the destructor.
class engine {
public:
  /// Connects, takes the name, and returns once others hear this node and it hears them.
  /// A name that a crashed node had is free after five times ping_interval, for which
  /// this waits. Throws std::invalid_argument for an option out of range,
  /// std::runtime_error when Redis cannot be reached or refuses, or the name is that of
  /// a node that is alive, and std::logic_error on a shard, and for a node that has an
  /// engine, or that stops or has stopped.
  engine(node& owner, engine_options options);
  /// For tests: over another network. Does not wait where the node is stepped.
  engine(node& owner, engine_options options, dial_function dial);
  /// Leaves: returns once Redis has all that was published here, which it waits for 2 s
  /// at most. Before the node is destroyed, and not on a shard.
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  [[nodiscard]] const std::string& name() const noexcept;
  /// The other nodes that are there, in the order of their names.
  [[nodiscard]] std::vector<std::string> nodes() const;
  [[nodiscard]] engine_figures figures() const;

  /// From now on `watcher` gets a pubsub::gap for what other nodes have published and
  /// what never arrives here, before what they published next.
  void monitor_gaps(const pid& watcher);
  void demonitor_gaps(const pid& watcher);
  /// From now on `watcher` gets node_up when another node comes, and node_down when it
  /// has left, has been silent for five times ping_interval, or has been started again,
  /// before the node_up of that; and for each that is there when this engine leaves. A
  /// node comes before what it publishes.
  void monitor_nodes(const pid& watcher);
  void demonitor_nodes(const pid& watcher);

private:
  void start();
  void wait_until_joined(std::future<std::string> answer) const;
  void leave();

  const std::shared_ptr<member> member_;
};

} // namespace redis
} // namespace websock::runtime

namespace websock {
namespace redis = runtime::redis;
} // namespace websock
