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

/// A connection_host for each shard, and what they trust;
/// `node.extension<client_hosts>()`. Any thread may ask for a host, which belongs to its
/// shard.
class client_hosts {
public:
  explicit client_hosts(runtime::node& of);

  [[nodiscard]] connection_host& on(const runtime::shard& where) noexcept;
  /// Another shard's at each call, in turn.
  [[nodiscard]] connection_host& next() noexcept;
  /// The context with these options: what it loads, which takes as long as many
  /// connections, is loaded when they are first asked for. Throws as tls_context does.
  [[nodiscard]] std::shared_ptr<const tls_context>
  tls_with(const tls_client_options& options);

private:
  std::list<connection_host> hosts_; // which do not move
  std::vector<connection_host*> by_shard_;
  std::atomic<std::size_t> dealt_{0};
  std::mutex mutex_; // once for each connect to a wss URL; of contexts_
  std::list<std::pair<tls_client_options, std::shared_ptr<const tls_context>>>
      contexts_; // the latest first
};

} // namespace websock
