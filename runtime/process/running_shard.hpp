// The shard that the calling thread runs.
#pragma once

namespace websock::runtime {

class node;
class shard;

namespace detail {

/// The shard of `owner` that the calling thread runs, of several the one that it has
/// begun last; null on a thread that runs none. Any thread, however many shards there
/// are.
[[nodiscard]] shard* running_shard(const node& owner) noexcept; // shard.cpp

} // namespace detail
} // namespace websock::runtime
