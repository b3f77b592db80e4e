// A node's place among other nodes: ours, and those of Erlang and Elixir.
#pragma once

#include "../address/node_events.hpp"
#include "../address/pid.hpp"
#include "../registry/process_group.hpp"
#include "cluster_options.hpp"
#include "group_names.hpp"

#include <cstddef>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace websock::runtime {

class node;
namespace distribution {
class hub;
struct hub_networks;
} // namespace distribution

/// Figures of another node that has been heard of.
struct peer_info {
  std::string name;
  bool is_connected = false;
  node_type type = node_type::hidden; // when it was connected last
  /// Whether what is published here arrives there: from the first message that has come
  /// from the node on, or a moment earlier.
  bool shares_topics = false;
  std::uint64_t messages_sent = 0;
  std::uint64_t messages_received = 0;
  /// What was sent while it could not be reached, or while too much waited for it.
  std::uint64_t messages_dropped = 0;
  std::uint64_t octets_sent = 0;
  std::uint64_t octets_received = 0;
  std::size_t octets_unsent = 0;
  std::uint64_t connects = 0;
  std::uint64_t losses = 0;
};

/// Joins a node to others by Erlang's distribution protocol. From then on pids, names on
/// other nodes, links and monitors work across nodes:
///
///     websock::cluster cluster(node, {.name = "chat@10.0.0.7",
///                                     .cookie_file = "/etc/chat/cookie",
///                                     .nodes = {"chat@10.0.0.8"}});
///     node.send(runtime::name_at{"directory", "chat@10.0.0.8"}, said{"ada", "hello"});
///
/// Any thread may call each function but the destructor. Source: erl_dist_protocol,
/// net_kernel(3).
class cluster {
public:
  /// Listens, and waits until epmd knows the node. Throws std::invalid_argument for an
  /// option out of range, std::system_error for an address or a port that can't be had,
  /// std::runtime_error when epmd refuses the name or does not answer within
  /// connect_timeout, and std::logic_error on a shard, and for a node that has a cluster,
  /// or one that is being made on another thread, or that stops or has stopped. Connects
  /// to `options.nodes` afterwards.
  explicit cluster(node& owner, cluster_options options);
  /// For tests: over other networks than sockets. Does not wait for epmd where the node
  /// is stepped.
  cluster(node& owner, cluster_options options, distribution::hub_networks networks);
  /// Closes all connections: links and monitors end with `noconnection`. Before the node
  /// is destroyed, and not on a shard.
  ~cluster();
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  [[nodiscard]] const std::string& name() const noexcept;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// The nodes that are connected, in the order of their names. Source: nodes(connected).
  [[nodiscard]] std::vector<std::string> nodes() const;
  /// Those of one type only. Source: nodes(visible), nodes(hidden).
  [[nodiscard]] std::vector<std::string> nodes(node_type type) const;
  [[nodiscard]] std::vector<peer_info> peers() const;

  /// Starts connecting, unless the node is connected or was tried a moment ago; node_up
  /// tells of success. Throws std::invalid_argument for what is no name of a node.
  void connect(const std::string& node);
  /// Source: erlang:disconnect_node/1.
  void disconnect(const std::string& node);

  /// From now on `watcher` gets node_up and node_down. Source:
  /// net_kernel:monitor_nodes/1.
  void monitor_nodes(const pid& watcher);
  void demonitor_nodes(const pid& watcher);
  /// Other nodes may send to, link with and monitor the process of that name.
  void export_name(std::string name);

  /// From now on `groups` has, as members, those of the scopes of that name on all nodes
  /// that are connected, and they have its own. Erlang's are `pg:start_link(Scope)`; pg's
  /// default scope is "pg". A process gets the name, which must be free, and is exported:
  /// throws std::invalid_argument as node::register_name does. When that process ends,
  /// another one is started. Source: pg(3).
  void join_scope(const std::string& scope, process_group::scope groups,
                  group_names called = group_names::atoms);
  /// Members on other nodes leave the groups here, and those here leave there. False when
  /// there is no such scope. The name is free a moment later.
  bool leave_scope(const std::string& scope);

private:
  void start();
  void check_registered(std::future<std::string> answer) const;
  void close();
  void leave_scopes();

  const std::shared_ptr<distribution::hub> hub_;
  std::uint16_t port_ = 0;
  std::mutex scopes_mutex_;           // scopes are joined and left on any thread
  std::map<std::string, pid> scopes_; // who keeps them
};

} // namespace websock::runtime

namespace websock {
using runtime::cluster;
using runtime::cluster_options;
using runtime::cluster_tls;
using runtime::group_names;
} // namespace websock
