// Drains a server or a gateway: all shards in parallel, while one thread waits.
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

/// Runs once; later runs do nothing.
class drain {
public:
  /// Closes every connection of `hosts` as `how` says, with pauses drawn from `seed`, and
  /// waits for the last one. Must not be called on a shard. Does nothing on a node
  /// without threads, which ends its connections itself.
  drain_result run(std::vector<connection_host*> hosts, const drain_options& how,
                   std::uint64_t seed);
  /// The same without waiting: calls `over` on some shard when the last connection is
  /// gone; `over` must not use this object. False when the drain had already begun. Any
  /// thread.
  bool begin(std::vector<connection_host*> hosts, const drain_options& how,
             std::uint64_t seed, std::function<void()> over = {});
  /// Waits for a drain that has begun. Must not be called on a shard.
  void wait();
  /// The result so far. Any thread.
  [[nodiscard]] drain_result result() const;
  /// Kills the remaining connections, now or as soon as the drain begins. Any thread.
  void cut_short();

private:
  /// As the events have it.
  struct progress {
    drain_result done;
    std::size_t shards_left = 0;
  };

  [[nodiscard]] bool give_orders(std::vector<connection_host*> hosts,
                                 const drain_options& how, std::uint64_t seed,
                                 std::function<void()> over);
  void arrived(drain_result part);
  [[nodiscard]] progress note(drain_result part);
  void tell_progress(drain_result part) noexcept;
  void give_up();

  mutable std::mutex mutex_; // only the draining thread waits
  std::condition_variable over_;
  std::function<void()> tell_;
  std::vector<connection_host*> hosts_; // set once
  std::size_t running_ = 0;             // hosts still draining
  drain_result result_;
  progress told_;
  bool is_cut_short_ = false;
};

} // namespace websock
