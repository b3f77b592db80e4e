// Work on a shard that another thread waits for.
#pragma once

#include "runtime/node.hpp"
#include "runtime/shard.hpp"

#include <future>

namespace websock {

/// Runs `work()` on a shard, behind what was posted there before, and waits for it; here,
/// when the shard's thread has ended. Not from a shard.
template <class F>
void run_on(runtime::shard& on, F work) {
  if (!on.owner().is_running()) {
    work();
    return;
  }
  std::promise<void> done;
  on.post([&](runtime::shard&) {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

} // namespace websock
