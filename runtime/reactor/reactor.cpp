// Chooses and creates the reactor of a shard.
#include "reactor.hpp"

#include "epoll_reactor.hpp"
#include "uring_reactor.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace websock::runtime {

namespace {

constexpr const char* variable = "WEBSOCK_REACTOR";
constexpr std::array<std::pair<reactor_kind, std::string_view>, 3> names{{
    {reactor_kind::automatic, "auto"},
    {reactor_kind::epoll, "epoll"},
    {reactor_kind::uring, "uring"},
}};

/// Whether the error means that io_uring is unavailable: kernel too old, or forbidden.
/// Running out of descriptors or memory gives other errors.
[[nodiscard]] bool means_absent(const std::error_code& refused) noexcept {
  constexpr std::array<std::errc, 5> absent{
      std::errc::function_not_supported, std::errc::operation_not_permitted,
      std::errc::permission_denied, std::errc::invalid_argument,
      std::errc::operation_not_supported};
  return std::find(absent.begin(), absent.end(), refused) != absent.end();
}

[[nodiscard]] reactor_choice fastest() {
  try {
    detail::try_uring();
    return {reactor_kind::uring, "the kernel has io_uring"};
  } catch (const std::system_error& refused) {
    if (!means_absent(refused.code()))
      throw;
    return {reactor_kind::epoll,
            "the kernel refuses io_uring: " + refused.code().message()};
  }
}

[[nodiscard]] reactor_choice named(reactor_kind kind, std::string by) {
  if (kind == reactor_kind::uring)
    detail::try_uring();
  return {kind, std::move(by)};
}

} // namespace

void io_target::on_unsent(std::string_view) {
}

std::string_view to_string(reactor_kind kind) noexcept {
  return std::find_if(names.begin(), names.end(),
                      [kind](const auto& each) { return each.first == kind; })
      ->second;
}

reactor_kind reactor_kind_from(std::string_view name) {
  for (const auto& [kind, each] : names)
    if (each == name)
      return kind;
  throw std::invalid_argument("reactor is " + std::string(name)
                              + ": it must be auto, epoll or uring");
}

std::size_t reactor::arrived_in_kernel(int descriptor) noexcept {
  int count = 0;
  return ::ioctl(descriptor, FIONREAD, &count) == 0 && count > 0
             ? static_cast<std::size_t>(count)
             : 0;
}

ssize_t reactor::send_pieces(int descriptor, std::span<const iovec> pieces) noexcept {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());
  message.msg_iovlen = pieces.size();
  return ::sendmsg(descriptor, &message, MSG_NOSIGNAL);
}

reactor_choice choose_reactor(reactor_kind wanted) {
  if (wanted != reactor_kind::automatic)
    return named(wanted, "an option");
  const char* const by = std::getenv(variable); // NOLINT(concurrency-mt-unsafe)
  const auto kind = by == nullptr ? reactor_kind::automatic : reactor_kind_from(by);
  return kind == reactor_kind::automatic ? fastest() : named(kind, variable);
}

std::unique_ptr<reactor> make_reactor(reactor_kind kind, reactor_refused refused) {
  if (kind == reactor_kind::automatic)
    kind = choose_reactor(kind).kind;
  if (kind == reactor_kind::uring)
    return std::make_unique<detail::uring_reactor>(std::move(refused));
  return std::make_unique<detail::epoll_reactor>();
}

} // namespace websock::runtime
