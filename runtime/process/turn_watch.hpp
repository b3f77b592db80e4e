// Reports a turn that holds its shard for too long, while it still runs.
#pragma once

#include "../time/deadline.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace websock::runtime {

class node;
class process;
class shard;

namespace detail {

/// Held for a few instructions, by a shard and its turn_watch. For std::lock_guard.
class spin_lock {
public:
  void lock() noexcept {
    while (taken_.test_and_set(std::memory_order_acquire)) // pairs with unlock
      std::this_thread::yield();
  }
  void unlock() noexcept { taken_.clear(std::memory_order_release); }

private:
  std::atomic_flag taken_;
};

} // namespace detail

/// A thread that looks at each shard of a node once per `limit`. If a shard is twice
/// found in the same turn, it logs the process and its behaviour, or what else holds the
/// shard.
class turn_watch {
public:
  turn_watch(node& watched, duration limit);
  ~turn_watch();
  turn_watch(const turn_watch&) = delete;
  turn_watch& operator=(const turn_watch&) = delete;

private:
  struct sight {
    const void* holder = nullptr;
    std::uint64_t round = 0;
    bool is_told = false;
  };

  void run();
  void look_at(shard& each, sight& last);

  node& node_;
  const duration limit_;
  std::vector<sight> last_;
  std::mutex mutex_; // between the thread and the destructor
  std::condition_variable changed_;
  bool is_over_ = false;
  std::thread thread_;
};

} // namespace websock::runtime
