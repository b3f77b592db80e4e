// Sockets with small buffers.
#include "tests/support/narrow_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tests {

namespace {

constexpr int buffer_size = 8'192; // the kernel doubles it
constexpr int segment_size = 1'000;

void check(int result, const char* call) {
  if (result < 0)
    throw std::system_error(errno, std::generic_category(), call);
}

[[nodiscard]] int make_socket() {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  check(made, "socket");
  return made;
}

[[nodiscard]] tcp_client::connected connect(int made, std::uint16_t port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) < 0) {
    const int error = errno;
    ::close(made);
    throw std::system_error(error, std::generic_category(), "connect");
  }
  return {made};
}

} // namespace

tcp_client::connected connect_wide(std::uint16_t port) {
  return connect(make_socket(), port);
}

tcp_client::connected connect_narrow(std::uint16_t port) {
  const int made = make_socket();
  const auto set = [&](int level, int option, int value) {
    check(::setsockopt(made, level, option, &value, sizeof(value)), "setsockopt");
  };
  set(SOL_SOCKET, SO_RCVBUF, buffer_size);
  set(SOL_SOCKET, SO_SNDBUF, buffer_size);
  set(IPPROTO_TCP, TCP_MAXSEG, segment_size);
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  return connect(made, port);
}

std::size_t send_until_stuck(int descriptor, std::string_view bytes, int patience_ms) {
  std::size_t taken = 0;
  pollfd waited{descriptor, POLLOUT, 0};
  while (taken < bytes.size() && ::poll(&waited, 1, patience_ms) == 1) {
    const auto sent = ::send(descriptor, bytes.data() + taken, bytes.size() - taken,
                             MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN)
      check(-1, "send");
    taken += sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }
  return taken;
}

} // namespace tests
