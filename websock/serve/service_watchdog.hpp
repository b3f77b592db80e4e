// The signs of life that a service manager asks for.
#pragma once

#include "websock/serve/service_manager.hpp"
#include "websock/serve/shard_pulse.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace websock {

/// While it lives, a thread tells the manager twice in each of its periods that all
/// shards have come to their work since the time before. Once one of them does not, it
/// keeps silent, and the manager does what it does with services that hang. Without a
/// manager that asks, there is no thread. Source: sd_notify(3), WATCHDOG=1.
class service_watchdog {
public:
  service_watchdog(runtime::node& of, service_manager& manager);
  ~service_watchdog();
  service_watchdog(const service_watchdog&) = delete;
  service_watchdog& operator=(const service_watchdog&) = delete;

private:
  void run(std::chrono::microseconds pause) noexcept;

  service_manager& manager_;
  shard_pulse pulse_;
  std::mutex mutex_;
  std::condition_variable ends_;
  bool is_over_ = false;
  std::thread thread_;
};

} // namespace websock
