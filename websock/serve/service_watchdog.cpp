// A watchdog.
#include "websock/serve/service_watchdog.hpp"

#include "websock/runtime/log/signals_blocked.hpp"

#include <algorithm>
#include <new>

namespace websock {

using namespace std::chrono_literals;

service_watchdog::service_watchdog(runtime::node& of, service_manager& manager)
    : manager_(manager), pulse_(of) {
  const auto period = manager.watchdog();
  if (!period)
    return;
  const runtime::detail::signals_blocked meanwhile; // they are for the thread that waits
  thread_ = std::thread([this, pause = std::max(*period / 2, 1'000us)] { run(pause); });
}

service_watchdog::~service_watchdog() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  ends_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void service_watchdog::run(std::chrono::microseconds pause) noexcept {
  std::unique_lock lock(mutex_);
  do {
    if (pulse_.is_answered())
      manager_.beat();
    try {
      pulse_.ask();
    } catch (const std::bad_alloc&) { // asked again next time
    }
  } while (!ends_.wait_for(lock, pause, [this] { return is_over_; }));
}

} // namespace websock
