// One host for each shard.
#include "websock/client_hosts.hpp"

#include "runtime/node.hpp"

namespace websock {

client_hosts::client_hosts(runtime::node& of) {
  for (std::size_t i = 0; i < of.shard_count(); ++i)
    by_shard_.push_back(&hosts_.emplace_back(of.shard_at(i)));
}

connection_host& client_hosts::on(const runtime::shard& where) noexcept {
  return *by_shard_[where.index()];
}

connection_host& client_hosts::next() noexcept {
  const auto turn = dealt_.fetch_add(1, std::memory_order_relaxed); // orders nothing
  return *by_shard_[turn % by_shard_.size()];
}

} // namespace websock
