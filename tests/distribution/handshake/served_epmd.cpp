// The thread of an epmd: it accepts, reads and answers.
#include "tests/distribution/handshake/served_epmd.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <vector>

namespace tests {

served_epmd::served_epmd()
    : registry_(listener_.port(), 1'000), thread_([this] { run(); }) {
}

served_epmd::~served_epmd() {
  has_ended_ = true;
  thread_.join();
  for (const auto& each : sockets_)
    ::close(each.first);
}

void served_epmd::run() {
  while (!has_ended_) {
    std::vector<::pollfd> waiting{{listener_.descriptor(), POLLIN, 0}};
    for (const auto& each : sockets_)
      waiting.push_back({each.first, POLLIN, 0});
    if (::poll(waiting.data(), waiting.size(), 20) <= 0)
      continue;
    if (waiting.front().revents != 0)
      accept_one();
    for (std::size_t i = 1; i < waiting.size(); ++i) {
      const int descriptor = waiting[i].fd;
      if (waiting[i].revents == 0 || hear(descriptor))
        continue;
      registry_.close(sockets_.at(descriptor));
      sockets_.erase(descriptor);
      ::close(descriptor);
    }
  }
}

void served_epmd::accept_one() {
  const int descriptor =
      ::accept4(listener_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
  if (descriptor < 0)
    return;
  const auto made = registry_.open(websock::runtime::distribution::epmd_origin::local);
  if (made)
    sockets_.emplace(descriptor, *made);
  else
    ::close(descriptor);
}

bool served_epmd::hear(int descriptor) {
  std::array<char, 512> octets{};
  const auto size = ::recv(descriptor, octets.data(), octets.size(), 0);
  if (size <= 0)
    return false;
  const auto reply = registry_.feed(sockets_.at(descriptor),
                                    {octets.data(), static_cast<std::size_t>(size)});
  // Answers are small enough for the buffer of an empty socket.
  static_cast<void>(
      ::send(descriptor, reply.output.data(), reply.output.size(), MSG_NOSIGNAL));
  return reply.next != websock::runtime::distribution::epmd_next::close;
}

} // namespace tests
