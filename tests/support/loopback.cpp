// Sockets of the loopback.
#include "tests/support/loopback.hpp"

#include "tests/support/channel.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <stdexcept>
#include <system_error>

namespace tests {

loopback_listener::loopback_listener(std::uint16_t port)
    : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  ::sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<::sockaddr*>(&address);
  if (descriptor_ < 0 || ::bind(descriptor_, generic, size) != 0
      || ::listen(descriptor_, 16) != 0
      || ::getsockname(descriptor_, generic, &size) != 0) {
    ::close(descriptor_);
    throw std::runtime_error("no socket that listens");
  }
  port_ = ntohs(address.sin_port);
}

loopback_listener::~loopback_listener() {
  ::close(descriptor_);
}

tcp_client loopback_listener::accept() {
  constexpr std::chrono::milliseconds limit = patience;
  ::pollfd waits{descriptor_, POLLIN, 0};
  if (::poll(&waits, 1, static_cast<int>(limit.count())) <= 0)
    throw std::runtime_error("nobody connects");
  return tcp_client(
      tcp_client::connected{::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC)});
}

// Below those that the kernel gives to sockets which connect: such a one could take a
// port between its choice and its use.
std::uint16_t free_port() {
  std::random_device random;
  std::uniform_int_distribution<unsigned> below_ephemeral(20'000, 32'000);
  for (;;)
    try {
      return loopback_listener(static_cast<std::uint16_t>(below_ephemeral(random)))
          .port();
    } catch (const std::runtime_error&) { // taken
    }
}

bool is_listened_on(std::uint16_t port) {
  try {
    const tcp_client probe(port);
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

} // namespace tests
