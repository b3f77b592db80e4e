// An epoll set of clients, each known by its index.
#pragma once

#include "bench/load/channel.hpp"

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace bench {

class poller {
public:
  enum class interest : std::uint32_t {
    reading = EPOLLIN,
    writing = EPOLLOUT,
    both = EPOLLIN | EPOLLOUT
  };
  struct ready {
    std::size_t index;
    bool readable; // or ended
    bool writable;
  };

  poller();
  void add(int fd, std::size_t index, interest what);
  void change(int fd, std::size_t index, interest what);
  /// Who is ready, at most `longest` from now; nobody then. Valid until the next call.
  [[nodiscard]] std::span<const ready> wait(std::chrono::nanoseconds longest);

private:
  descriptor set_;
  std::array<epoll_event, 512> events_{};
  std::array<ready, 512> ready_{};
};

} // namespace bench
