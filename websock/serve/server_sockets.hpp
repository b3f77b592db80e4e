// The sockets of a server, from the listening one to those of the last connections. They
// outlive the processes that work on them, and thus survive restarts.
#pragma once

#include "websock/listen/acceptor.hpp"
#include "websock/serve/drain.hpp"
#include "websock/serve/http_service.hpp"
#include "websock/serve/server_shard.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace websock {

/// Created by the server, shared with the processes of its tree, destroyed by the last of
/// them.
class server_sockets {
public:
  server_sockets(runtime::node& node, server_options options);

  /// Binds, and creates each shard's part; throws as acceptor does.
  void open();
  /// Ends the sessions of all shards without waiting; `keep` is held until that is done.
  void close_sessions(const std::shared_ptr<server_sockets>& keep);
  /// The same, but waits; closes the port too. Must not be called on a shard.
  void close();
  [[nodiscard]] std::vector<connection_host*> hosts() const;

  /// Sets how to drain the connections; until called, server_options::drain applies. Any
  /// thread.
  void drain_as(const drain_options& how);
  [[nodiscard]] drain_options drain_order() const;

  http_service service;
  websock::drain draining;
  std::unique_ptr<websock::acceptor> acceptor; // set by open

private:
  void deal(int descriptor);

  std::vector<std::unique_ptr<server_shard>> shards_;
  std::size_t next_shard_ = 0; // used on the acceptor's shard
  mutable std::mutex
      mutex_; // between the thread that asks for the drain and the process that drains
  drain_options order_;
};

} // namespace websock
