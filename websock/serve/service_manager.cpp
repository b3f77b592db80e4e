// Datagrams to a service manager.
#include "websock/serve/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace websock {

namespace {

[[nodiscard]] std::string variable(const char* name) {
  const char* const value = ::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

[[nodiscard]] std::optional<std::int64_t> number_from(const std::string& text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || number <= 0)
    return std::nullopt;
  return number;
}

[[nodiscard]] bool is_socket_name(const std::string& name) noexcept {
  return name.size() > 1 && (name.front() == '/' || name.front() == '@')
         && name.size() < sizeof(sockaddr_un::sun_path);
}

} // namespace

service_manager_address service_manager_from_environment() {
  service_manager_address at;
  if (const auto name = variable("NOTIFY_SOCKET"); is_socket_name(name))
    at.socket = name;
  const auto period = number_from(variable("WATCHDOG_USEC"));
  const auto whom = variable("WATCHDOG_PID");
  if (!at.socket.empty() && period && (whom.empty() || number_from(whom) == ::getpid()))
    at.watchdog = std::chrono::microseconds(*period);
  return at;
}

service_manager::service_manager(service_manager_address at)
    : at_(std::move(at)),
      descriptor_(at_.socket.empty() ? -1
                                     : ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
}

service_manager::~service_manager() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

// The manager wants to know which of its reloads this is: those have begun before.
void service_manager::reloading() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto microseconds = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
  std::array<char, 64> text{};
  const int size =
      std::snprintf(text.data(), text.size(), "RELOADING=1\nMONOTONIC_USEC=%lld",
                    static_cast<long long>(microseconds));
  tell({text.data(), static_cast<std::size_t>(size)});
}

void service_manager::tell(std::string_view what) noexcept {
  if (descriptor_ < 0)
    return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  at_.socket.copy(static_cast<char*>(to.sun_path), sizeof to.sun_path);
  if (at_.socket.front() == '@')
    to.sun_path[0] = '\0';
  const auto size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + at_.socket.size());
  ::sendto(descriptor_, what.data(), what.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&to), size);
}

} // namespace websock
