// The sockets of a server, from the listening one to those of the last connections. They
// outlive the processes that work on them, and so their restarts.
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

/// Made by the server, shared with the processes of its tree, destroyed by the last of
/// them.
class server_sockets {
public:
  server_sockets(runtime::node& node, server_options options);

  /// Binds, and makes the part of each shard; throws as acceptor does.
  void open();
  /// Ends the sessions of all shards, without waiting; `keep` lives until that is done.
  void close_sessions(const std::shared_ptr<server_sockets>& keep);
  /// The same, and waits; closes the port, too. Not from a shard.
  void close();
  [[nodiscard]] std::vector<connection_host*> hosts() const;

  /// How the connections are to be drained; server_options::drain unless this was called.
  /// Any thread.
  void drain_as(const drain_options& how);
  [[nodiscard]] drain_options drain_order() const;

  http_service service;
  websock::drain draining;
  std::unique_ptr<websock::acceptor> acceptor; // from open on

private:
  void deal(int descriptor);

  std::vector<std::unique_ptr<server_shard>> shards_;
  std::size_t next_shard_ = 0; // of the shard that accepts
  mutable std::mutex
      mutex_; // between the thread that drains and the process that does it
  drain_options order_;
};

} // namespace websock
