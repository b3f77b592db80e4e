// What the clients of a node share.
#pragma once

#include "websock/connection_host.hpp"

#include <atomic>
#include <cstddef>
#include <list>
#include <vector>

namespace runtime {
class node;
class shard;
} // namespace runtime

namespace websock {

/// A connection_host for each shard; `node.extension<client_hosts>()`. Any thread may ask
/// for a host, which belongs to its shard.
class client_hosts {
public:
  explicit client_hosts(runtime::node& of);

  [[nodiscard]] connection_host& on(const runtime::shard& where) noexcept;
  /// Another shard's at each call, in turn.
  [[nodiscard]] connection_host& next() noexcept;

private:
  std::list<connection_host> hosts_; // which do not move
  std::vector<connection_host*> by_shard_;
  std::atomic<std::size_t> dealt_{0};
};

} // namespace websock
