// What the clients of a node share.
#pragma once

#include "websock/connection/connection_host.hpp"
#include "websock/tls/tls_context.hpp"

#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace websock::runtime {
class node;
class shard;
} // namespace websock::runtime

namespace websock {

/// A connection_host for each shard, and the TLS contexts;
/// `node.extension<client_hosts>()`. Any thread may ask for a host, which belongs to its
/// shard.
class client_hosts {
public:
  explicit client_hosts(runtime::node& of);

  [[nodiscard]] connection_host& on(const runtime::shard& where) noexcept;
  /// The host of another shard at each call, round-robin.
  [[nodiscard]] connection_host& next() noexcept;
  /// The context with these options. Loading it takes as long as many connections, so
  /// that happens only when it is first requested. Throws as tls_context does.
  [[nodiscard]] std::shared_ptr<const tls_context>
  tls_with(const tls_client_options& options);

private:
  std::list<connection_host> hosts_; // never moved
  std::vector<connection_host*> by_shard_;
  std::atomic<std::size_t> dealt_{0};
  std::mutex mutex_; // guards contexts_; locked once per connect to a wss URL
  std::list<std::pair<tls_client_options, std::shared_ptr<const tls_context>>>
      contexts_; // most recently used first
};

} // namespace websock
