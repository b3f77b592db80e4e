// A node as a member of the Phoenix.PubSub of an Elixir application.
#pragma once

#include "websock/runtime/address/pid.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace websock::runtime {
class cluster;
class node;
} // namespace websock::runtime

namespace websock::phoenix {

/// The constructor of pubsub throws std::invalid_argument for a value out of range.
struct pubsub_options {
  std::string name = {}; // of the PubSub server, as in "MyApp.PubSub"; up to 200 octets
  std::size_t pool_size = 1; // as the application has it; 1 to 64
  /// As the application has it, from 1 to pool_size; 0: as pool_size.
  std::size_t broadcast_pool_size = 0;
};

/// Totals since the start, of one pubsub.
struct pubsub_figures {
  std::uint64_t received = 0;    // messages that were published here
  std::uint64_t unencodable = 0; // Broadcasts that clients cannot be told
  std::uint64_t malformed = 0;   // messages to a worker that are no publications
  std::uint64_t sent = 0;        // messages to other nodes, one for each
  std::uint64_t lost = 0;        // of them, for want of memory
};

class scope_use;

/// While it lives, what `Endpoint.broadcast` and `Phoenix.PubSub.broadcast` publish in
/// the application reaches the subscribers here, and what pubsub and channels broadcast
/// here reaches those there:
///
///     websock::cluster cluster(node, {.name = "edge@10.0.0.9", ...});
///     websock::phoenix::pubsub app(node, cluster, {.name = "MyApp.PubSub"});
///
/// A `%Phoenix.Socket.Broadcast{}` is a channels::broadcast_message here; any other
/// message of the application is an etf::value. Nodes with which the cluster shares its
/// topics are left out: they have everything already. The log names a node whose pool has
/// another size, five seconds after it has come. Source: Phoenix.PubSub.PG2.
class pubsub {
public:
  /// Throws std::invalid_argument also when a name that the adapter registers is taken:
  /// of its workers, or `Elixir.Phoenix.PubSub`, its scope of process groups, which all
  /// of a node share. `owner` and `cluster` must outlive it. Not on a shard.
  pubsub(runtime::node& owner, runtime::cluster& cluster, pubsub_options options);
  /// The names are free a moment later.
  ~pubsub();
  pubsub(const pubsub&) = delete;
  pubsub& operator=(const pubsub&) = delete;

  // Any thread.
  [[nodiscard]] pubsub_figures figures() const noexcept;
  /// The other nodes with a member, in the order of their names.
  [[nodiscard]] std::vector<std::string> nodes() const;

private:
  class state;
  class worker;
  class route;

  pubsub(runtime::node& owner, pubsub_options options);
  void start(runtime::cluster& cluster);

  runtime::node& owner_;
  std::unique_ptr<scope_use> scope_;
  std::shared_ptr<state> state_;
  std::shared_ptr<route> route_;
  runtime::pid workers_; // their supervisor
};

} // namespace websock::phoenix
