// The drain of a server or a gateway: all its shards at once, while one thread waits.
#pragma once

#include "websock/drain_schedule.hpp"
#include "websock/options.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
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
  /// Kills what is left, now or as soon as the drain begins. Any thread.
  void cut_short();

private:
  void arrived(drain_result part);
  void give_up();

  std::mutex mutex_; // only the thread that drains waits
  std::condition_variable over_;
  std::vector<connection_host*> hosts_; // set once
  std::size_t running_ = 0;             // of them
  drain_result result_;
  bool is_cut_short_ = false;
};

} // namespace websock
