// What a server tells the service manager that has started it, as in sd_notify(3).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace websock {

/// What the environment says of a service manager.
struct service_manager_address {
  std::string socket{}; // a path, or an abstract name behind an @; empty: there is none
  /// How long the manager waits for a sign of life; nothing: it asks for none.
  std::optional<std::chrono::microseconds> watchdog{};
};

/// From NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. What is malformed, or meant for
/// another process, is not there. Source: sd_notify(3), sd_watchdog_enabled(3).
[[nodiscard]] service_manager_address service_manager_from_environment();

/// Never blocks: what the manager does not take is lost. Any thread.
class service_manager {
public:
  explicit service_manager(service_manager_address at);
  ~service_manager();
  service_manager(const service_manager&) = delete;
  service_manager& operator=(const service_manager&) = delete;

  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog() const noexcept {
    return at_.watchdog;
  }

  /// The server listens.
  void ready() noexcept { tell("READY=1"); }
  /// It reads files again, and says `ready` when it has done so.
  void reloading() noexcept;
  void stopping() noexcept { tell("STOPPING=1"); }
  /// It is alive.
  void beat() noexcept { tell("WATCHDOG=1"); }

private:
  void tell(std::string_view what) noexcept;

  const service_manager_address at_;
  const int descriptor_; // -1: there is no manager
};

} // namespace websock
