// Makes the same call from several threads at once.
#pragma once

#include <atomic>
#include <thread>

namespace tests {

/// Makes the call on three threads, including the caller's; returns when all are done.
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
