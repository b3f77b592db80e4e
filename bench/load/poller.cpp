// epoll.
#include "bench/load/poller.hpp"

#include <cerrno>
#include <ctime>
#include <system_error>

namespace bench {

poller::poller() : set_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (set_.get() < 0)
    throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

void poller::add(int fd, std::size_t index, interest what) {
  epoll_event event{};
  event.events = static_cast<std::uint32_t>(what);
  event.data.u64 = index;
  if (::epoll_ctl(set_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

void poller::change(int fd, std::size_t index, interest what) {
  epoll_event event{};
  event.events = static_cast<std::uint32_t>(what);
  event.data.u64 = index;
  if (::epoll_ctl(set_.get(), EPOLL_CTL_MOD, fd, &event) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

std::span<const poller::ready> poller::wait(std::chrono::nanoseconds longest) {
  const timespec timeout{static_cast<std::time_t>(longest.count() / 1'000'000'000),
                         static_cast<long>(longest.count() % 1'000'000'000)};
  const int most = static_cast<int>(events_.size());
  int count = ::epoll_pwait2(set_.get(), events_.data(), most, &timeout, nullptr);
  if (count < 0 && errno == ENOSYS) // before Linux 5.11: by milliseconds, never early
    count = ::epoll_wait(
        set_.get(), events_.data(), most,
        static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(longest).count()));
  for (int i = 0; i < count; ++i) {
    const auto& event = events_[static_cast<std::size_t>(i)];
    ready_[static_cast<std::size_t>(i)] = {
        static_cast<std::size_t>(event.data.u64),
        (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0,
        (event.events & EPOLLOUT) != 0};
  }
  return std::span(ready_).first(count > 0 ? static_cast<std::size_t>(count) : 0);
}

} // namespace bench
