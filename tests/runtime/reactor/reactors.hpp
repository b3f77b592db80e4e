// Each reactor that the kernel supports, and sockets to test it with.
#pragma once

#include "websock/runtime/reactor/reactor.hpp"

#include "tests/catch.hpp"

#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace runtime = websock::runtime;

namespace tests {

inline constexpr std::chrono::seconds soon{
    20}; // the test's deadline; a passing test never reaches it

struct socket_pair {
  socket_pair() {
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
  }
  ~socket_pair() {
    for (const int end : ends)
      if (end >= 0)
        ::close(end);
  }
  void write_to_first() const { REQUIRE(::write(ends[1], "x", 1) == 1); }
  std::array<int, 2> ends{};
};

/// Waits until the kernel reports that the thread is asleep.
[[nodiscard]] inline bool falls_asleep(pid_t thread) {
  const auto end = std::chrono::steady_clock::now() + soon;
  while (std::chrono::steady_clock::now() < end) {
    std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
    const std::string line{std::istreambuf_iterator<char>(stat), {}};
    if (const auto name = line.rfind(')'); line.substr(name + 1, 2) == " S")
      return true;
    std::this_thread::yield();
  }
  return false;
}

/// Each kind of reactor that the kernel supports.
[[nodiscard]] inline std::vector<runtime::reactor_kind> kinds() {
  try {
    static_cast<void>(runtime::make_reactor(runtime::reactor_kind::uring));
    return {runtime::reactor_kind::epoll, runtime::reactor_kind::uring};
  } catch (const std::system_error& refused) {
    WARN(refused.what());
    return {runtime::reactor_kind::epoll};
  }
}

/// Whether the kernel supports io_uring; prints a note if it does not.
[[nodiscard]] inline bool has_uring() {
  return kinds().back() == runtime::reactor_kind::uring;
}

[[nodiscard]] inline std::unique_ptr<runtime::reactor> one_of_each() {
  const auto kind = GENERATE_COPY(from_range(kinds()));
  UNSCOPED_INFO((kind == runtime::reactor_kind::uring ? "uring" : "epoll"));
  return runtime::make_reactor(kind);
}

} // namespace tests
