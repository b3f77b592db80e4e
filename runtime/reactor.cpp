// Which reactor a shard has.
#include "runtime/reactor.hpp"

#include "runtime/epoll_reactor.hpp"
#include "runtime/uring_reactor.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace runtime {

namespace {

constexpr auto variable = "WEBSOCK_REACTOR";
constexpr std::array<std::pair<reactor_kind, std::string_view>, 3> names{{
    {reactor_kind::automatic, "auto"},
    {reactor_kind::epoll, "epoll"},
    {reactor_kind::uring, "uring"},
}};

[[nodiscard]] reactor_kind chosen_by_environment() {
  const char* const name = std::getenv(variable); // NOLINT(concurrency-mt-unsafe)
  return name == nullptr ? reactor_kind::automatic : reactor_kind_from(name);
}

[[nodiscard]] std::unique_ptr<reactor> make_fastest() {
  try {
    return std::make_unique<detail::uring_reactor>();
  } catch (const std::system_error&) { // old, or forbidden
    return std::make_unique<detail::epoll_reactor>();
  }
}

} // namespace

void io_target::on_unsent(std::string_view) {
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

std::unique_ptr<reactor> make_reactor(reactor_kind kind) {
  if (kind == reactor_kind::automatic)
    kind = chosen_by_environment();
  switch (kind) {
  case reactor_kind::epoll:
    return std::make_unique<detail::epoll_reactor>();
  case reactor_kind::uring:
    return std::make_unique<detail::uring_reactor>();
  case reactor_kind::automatic:
    break;
  }
  return make_fastest();
}

} // namespace runtime
