// The epoll set of a shard.
#include "runtime/reactor.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace runtime {

namespace {

[[nodiscard]] std::uint32_t as_events(interest wanted) noexcept {
  switch (wanted) {
  case interest::nothing:
    return 0;
  case interest::read:
    return EPOLLIN;
  case interest::write:
    return EPOLLOUT;
  case interest::read_write:
    return EPOLLIN | EPOLLOUT;
  }
  return 0;
}

void control(int set, int operation, int descriptor, io_target& target, interest wanted) {
  epoll_event event{};
  event.events = as_events(wanted);
  event.data.ptr = &target;
  if (::epoll_ctl(set, operation, descriptor, &event) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

} // namespace

reactor::reactor() : set_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (set_ < 0)
    throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

reactor::~reactor() {
  ::close(set_);
}

void reactor::add(int descriptor, io_target& target, interest wanted) {
  control(set_, EPOLL_CTL_ADD, descriptor, target, wanted);
}

void reactor::change(int descriptor, io_target& target, interest wanted) {
  control(set_, EPOLL_CTL_MOD, descriptor, target, wanted);
}

void reactor::remove(int descriptor, io_target& target) noexcept {
  epoll_event unused{};
  ::epoll_ctl(set_, EPOLL_CTL_DEL, descriptor, &unused);
  for (int i = dispatched_; i < fetched_; ++i) {
    auto& event = events_[static_cast<std::size_t>(i)];
    if (event.data.ptr == &target)
      event.data.ptr = nullptr;
  }
}

int reactor::poll() {
  const int count =
      ::epoll_wait(set_, events_.data(), static_cast<int>(events_.size()), 0);
  fetched_ = count > 0 ? count : 0;
  dispatched_ = 0;
  while (dispatched_ < fetched_) {
    const epoll_event event = events_[static_cast<std::size_t>(dispatched_++)];
    if (event.data.ptr == nullptr)
      continue;
    static_cast<io_target*>(event.data.ptr)
        ->on_ready({.readable = (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0,
                    .writable = (event.events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0,
                    .hung_up = (event.events & (EPOLLHUP | EPOLLERR)) != 0});
  }
  return fetched_;
}

} // namespace runtime
