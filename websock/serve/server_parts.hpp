// What the processes of a server work on: it outlives each of them, and so their
// restarts.
#pragma once

#include "websock/listen/listener.hpp"
#include "websock/serve/drain.hpp"
#include "websock/serve/server_core.hpp"
#include "websock/serve/server_shard.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace websock {

/// Made by the server, shared with the processes of its tree, destroyed by the last of
/// them.
class server_parts {
public:
  server_parts(runtime::node& node, server_options options);

  /// Binds, and makes the part of each shard; throws as listener does.
  void open();
  /// Ends the sessions of all shards, without waiting; `keep` lives until that is done.
  void close_sessions(const std::shared_ptr<server_parts>& keep);
  /// The same, and waits; closes the port, too. Not from a shard.
  void close();
  [[nodiscard]] std::vector<connection_host*> hosts() const;

  /// How the connections are to be drained; server_options::drain unless this was called.
  /// Any thread.
  void drain_as(const drain_options& how);
  [[nodiscard]] drain_options drain_order() const;

  server_core core;
  websock::drain draining;
  std::unique_ptr<listener> entry; // from open on

private:
  void deal(int descriptor);

  std::vector<std::unique_ptr<server_shard>> shards_;
  std::size_t next_shard_ = 0; // of the listener's shard
  mutable std::mutex
      mutex_; // between the thread that drains and the process that does it
  drain_options order_;
};

} // namespace websock
