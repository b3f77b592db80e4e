// The drain of a server or a gateway: all its shards at once, while one thread waits.
#pragma once

#include "websock/connection/drain_result.hpp"
#include "websock/options/options.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

namespace websock {

class connection_host;

/// Runs once; later runs find nothing to do.
class drain {
public:
  /// Closes every connection of `hosts` as `how` says, with pauses drawn from `seed`, and
  /// waits for the last. Not from a shard. Does nothing on a node without threads, which
  /// ends its connections itself.
  drain_result run(std::vector<connection_host*> hosts, const drain_options& how,
                   std::uint64_t seed);
  /// The same without waiting: calls `over`, which must not use this object, when the
  /// last one has gone, on any shard. False when it has begun before. Any thread.
  bool begin(std::vector<connection_host*> hosts, const drain_options& how,
             std::uint64_t seed, std::function<void()> over = {});
  /// Waits for what has begun. Not from a shard.
  void wait();
  /// How it has gone so far. Any thread.
  [[nodiscard]] drain_result result() const;
  /// Kills what is left, now or as soon as the drain begins. Any thread.
  void cut_short();

private:
  void arrived(drain_result part);
  void give_up();

  mutable std::mutex mutex_; // only the thread that drains waits
  std::condition_variable over_;
  std::function<void()> tell_;
  std::vector<connection_host*> hosts_; // set once
  std::size_t running_ = 0;             // of them
  drain_result result_;
  bool is_cut_short_ = false;
};

} // namespace websock
