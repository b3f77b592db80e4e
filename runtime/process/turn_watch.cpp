// Observes shards from its own thread.
#include "turn_watch.hpp"

#include "../telemetry/event.hpp"
#include "../telemetry/runtime_events.hpp"
#include "node.hpp"
#include "process_block.hpp"
#include "shard.hpp"

#include <pthread.h>

#include <string>
#include <utility>

namespace websock::runtime {

turn_watch::turn_watch(node& watched, duration limit)
    : node_(watched), limit_(limit), last_(watched.shard_count()),
      thread_([this] { run(); }) {
}

turn_watch::~turn_watch() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void turn_watch::run() {
  static_cast<void>(::pthread_setname_np(::pthread_self(), "websock/watch"));
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto next = deadline_in(std::chrono::steady_clock::now(), limit_);
    if (changed_.wait_until(lock, next, [this] { return is_over_; }))
      return;
    for (std::size_t i = 0; i < last_.size(); ++i)
      try {
        look_at(node_.shard_at(i), last_[i]);
      } catch (...) { // no memory for the line
        node_.log_thrown("a turn holds a shard, and is not named");
      }
  }
}

void turn_watch::look_at(shard& each, sight& last) {
  const auto now = each.turn();
  const void* holder = now.running;
  if (holder == nullptr)
    holder = now.other;
  if (holder == nullptr || holder != last.holder || now.round != last.round) {
    last = {holder, now.round, false};
    return;
  }
  if (std::exchange(last.is_told, true))
    return;
  const std::string who =
      now.running != nullptr ? each.describe_turn(now.running) : now.other;
  if (who.empty())
    return;
  node_.events().tell(events::turn_slow, [&] {
    return event_facts{{{"limit", limit_}, {"shard", each.index()}}, {{"who", who}}};
  });
  node_.log(log_level::warning,
            who + " has held shard " + std::to_string(each.index()) + " for more than "
                + std::to_string(
                    std::chrono::duration_cast<std::chrono::milliseconds>(limit_).count())
                + " ms: nothing else runs there; offload what blocks or computes");
}

/// A process that exits takes the lock before its behaviour and before itself is
/// destroyed, so both stay valid while it is held.
std::string shard::describe_turn(const detail::process_block* seen) {
  const std::lock_guard lock(watched_);
  // relaxed: the lock orders this load against the store with which a process leaves.
  auto* who = running_.load(std::memory_order_relaxed);
  if (who == nullptr || who != seen)
    return {};
  return who->describe();
}

} // namespace websock::runtime
