// The same call by several threads at one time.
#pragma once

#include <atomic>
#include <thread>

namespace tests {

/// Calls `call` on three threads, one of them the caller's; returns when all have.
template <class Call>
void call_three_times_at_once(Call call) {
  std::atomic<int> there{0};
  const auto run = [&] {
    ++there;
    while (there < 3)
      std::this_thread::yield();
    call();
  };
  const std::jthread first(run);
  const std::jthread second(run);
  run();
}

} // namespace tests
