// One host for each shard.
#include "websock/client/client_hosts.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"

#include <algorithm>

namespace websock {

namespace {
constexpr std::size_t most_contexts = 16; // most programs have one or two
}

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

std::shared_ptr<const tls_context>
client_hosts::tls_with(const tls_client_options& options) {
  const std::lock_guard lock(mutex_);
  const auto found =
      std::find_if(contexts_.begin(), contexts_.end(),
                   [&options](const auto& each) { return each.first == options; });
  if (found != contexts_.end()) {
    contexts_.splice(contexts_.begin(), contexts_, found);
    return found->second;
  }
  auto made = std::make_shared<const tls_context>(options);
  contexts_.emplace_front(options, made);
  if (contexts_.size() > most_contexts)
    contexts_.pop_back();
  return made;
}

} // namespace websock
