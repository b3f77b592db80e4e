// A shard's epoll set.
#include "epoll_reactor.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <ctime>
#include <system_error>

namespace websock::runtime::detail {

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

[[nodiscard]] bool control(int set, int operation, int descriptor, io_target& target,
                           interest wanted) noexcept {
  epoll_event event{};
  event.events = as_events(wanted);
  event.data.ptr = &target;
  return ::epoll_ctl(set, operation, descriptor, &event) == 0;
}

void check(bool is_done) {
  if (!is_done)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

// Edge-triggered: modifying the registration reports it again, so it need not be read.
[[nodiscard]] epoll_event wake_event() noexcept {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  return event;
}

[[nodiscard]] timespec as_timespec(std::chrono::nanoseconds limit) noexcept {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit);
  return {seconds.count(), (limit - seconds).count()};
}

} // namespace

epoll_reactor::epoll_reactor() : set_(::epoll_create1(EPOLL_CLOEXEC)) {
  waker_.signal();
  epoll_event event = wake_event();
  if (set_ >= 0 && ::epoll_ctl(set_, EPOLL_CTL_ADD, waker_.get(), &event) == 0)
    return;
  const int error = errno;
  ::close(set_);
  throw std::system_error(error, std::generic_category(), "epoll set");
}

epoll_reactor::~epoll_reactor() {
  ::close(set_);
}

void epoll_reactor::wake() noexcept {
  epoll_event event = wake_event();
  ::epoll_ctl(set_, EPOLL_CTL_MOD, waker_.get(), &event);
}

// A target that wants nothing is kept out of the set, which would report a hang-up over
// and over.
void epoll_reactor::add(int descriptor, io_target& target, interest wanted) {
  if (wanted != interest::nothing)
    check(control(set_, EPOLL_CTL_ADD, descriptor, target, wanted));
}

void epoll_reactor::change(int descriptor, io_target& target, interest wanted) {
  if (wanted == interest::nothing)
    static_cast<void>(remove(descriptor, target));
  else if (!control(set_, EPOLL_CTL_MOD, descriptor, target, wanted))
    check(errno == ENOENT && control(set_, EPOLL_CTL_ADD, descriptor, target, wanted));
}

std::string epoll_reactor::remove(int descriptor, io_target& target) noexcept {
  epoll_event unused{};
  ::epoll_ctl(set_, EPOLL_CTL_DEL, descriptor, &unused);
  forget(target);
  return {};
}

void epoll_reactor::forget(const io_target& target) noexcept {
  for (int i = dispatched_; i < fetched_; ++i) {
    auto& event = events_[static_cast<std::size_t>(i)];
    if (event.data.ptr == &target)
      event.data.ptr = nullptr;
  }
}

ssize_t epoll_reactor::receive(int descriptor, std::span<std::byte> into) noexcept {
  return ::recv(descriptor, into.data(), into.size(), 0);
}

ssize_t epoll_reactor::send(int descriptor, std::string_view bytes) noexcept {
  return ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

ssize_t epoll_reactor::gather(int descriptor, std::span<const iovec> pieces) noexcept {
  return send_pieces(descriptor, pieces);
}

void epoll_reactor::close(int descriptor) noexcept {
  ::close(descriptor);
}

int epoll_reactor::poll() {
  dispatch(::epoll_wait(set_, events_.data(), static_cast<int>(events_.size()), 0));
  return fetched_;
}

void epoll_reactor::wait(std::optional<std::chrono::nanoseconds> limit) {
  const auto size = static_cast<int>(events_.size());
  const timespec end = as_timespec(limit.value_or(std::chrono::nanoseconds()));
  int count = ::epoll_pwait2(set_, events_.data(), size, limit ? &end : nullptr, nullptr);
  if (count < 0 && errno == ENOSYS) { // before Linux 5.11
    const auto rounded =
        limit ? std::chrono::ceil<std::chrono::milliseconds>(*limit).count() : -1;
    count = ::epoll_wait(set_, events_.data(), size,
                         static_cast<int>(std::min<std::int64_t>(rounded, INT_MAX)));
  }
  dispatch(count);
}

void epoll_reactor::dispatch(int count) {
  fetched_ = count > 0 ? count : 0;
  dispatched_ = 0;
  while (dispatched_ < fetched_) {
    const epoll_event event = events_[static_cast<std::size_t>(dispatched_++)];
    if (event.data.ptr == nullptr)
      continue;
    static_cast<io_target*>(event.data.ptr)
        ->tell({.readable = (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0,
                .writable = (event.events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0,
                .hung_up = (event.events & (EPOLLHUP | EPOLLERR)) != 0});
  }
}

} // namespace websock::runtime::detail
