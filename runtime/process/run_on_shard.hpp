// Runs work on a shard while another thread waits for it.
#pragma once

#include "node.hpp"
#include "shard.hpp"

#include <cassert>
#include <future>
#include <utility>

namespace websock::runtime {

/// Runs `work()` on a shard, after everything posted there before, and waits for it. Runs
/// it on the calling thread if the shard's thread has ended, or ends before it gets
/// there. Must not be called on a shard.
template <class F>
void run_on_shard(shard& on, F work) {
  bool has_begun = false;
  if (on.owner().is_running()) {
    assert(!on.owner().runs_here() && "a shard does not wait for another one");
    std::promise<void> over; // also broken when the task is destroyed without running
    const auto is_over = over.get_future();
    on.post([&, over = std::move(over)](shard&) mutable {
      has_begun = true; // what it throws is logged there, and not retried
      work();
      over.set_value();
    });
    is_over.wait();
  }
  if (!has_begun)
    work();
}

} // namespace websock::runtime
