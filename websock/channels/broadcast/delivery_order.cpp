// Takes messages in order.
#include "websock/channels/broadcast/delivery_order.hpp"

#include <algorithm>

namespace websock::channels {

std::optional<delivery_order::message> delivery_order::take(std::size_t shard,
                                                            std::uint64_t until) {
  auto& taken = taken_[shard];
  if (taken >= std::min(until, newest()))
    return std::nullopt;
  auto& next = waiting_[static_cast<std::size_t>(taken + 1 - oldest_)];
  std::optional<message> copy(next.what);
  ++taken;
  --next.shards;
  for (; !waiting_.empty() && waiting_.front().shards == 0; ++oldest_)
    waiting_.pop_front();
  return copy;
}

} // namespace websock::channels
