// System calls and OpenSSL's.
#include "bench/load/channel.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

namespace bench {

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

[[nodiscard]] sockaddr* generic(sockaddr_in& address) noexcept {
  return reinterpret_cast<sockaddr*>(&address);
}

void wait_for(int fd, short events) {
  pollfd one{fd, events, 0};
  if (::poll(&one, 1, 10'000) != 1)
    throw std::runtime_error("the server did nothing for ten seconds");
}

/// Verifies nothing: the server is our own child.
[[nodiscard]] SSL_CTX& tls_context() {
  static SSL_CTX* const context = [] {
    auto* made = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(made,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return made;
  }();
  return *context;
}

} // namespace

descriptor::~descriptor() {
  if (fd_ >= 0)
    ::close(fd_);
}

descriptor start_connect(const settings& to, std::size_t source) {
  descriptor made(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (made.get() < 0)
    fail("socket");
  const int on = 1;
  ::setsockopt(made.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (source > 0) { // the port is chosen by connect, for this pair of addresses alone
    ::setsockopt(made.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + static_cast<std::uint32_t>(source));
    if (::bind(made.get(), generic(address), sizeof address) != 0)
      fail("bind");
  }
  address.sin_port = htons(to.port);
  if (::inet_pton(AF_INET, to.host.c_str(), &address.sin_addr) != 1)
    throw std::runtime_error("not an IPv4 address: " + to.host);
  if (::connect(made.get(), generic(address), sizeof address) != 0
      && errno != EINPROGRESS)
    fail("connect");
  return made;
}

channel::channel(const settings& to, std::size_t source)
    : socket_(start_connect(to, source)) {
  wait_for(fd(), POLLOUT);
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0)
    throw std::system_error(error, std::generic_category(), "connect");
  if (!to.tls)
    return;
  tls_.reset(SSL_new(&tls_context()));
  SSL_set_fd(tls_.get(), fd());
  for (;;) {
    const int result = SSL_connect(tls_.get());
    if (result == 1)
      return;
    const int why = SSL_get_error(tls_.get(), result);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
      throw std::runtime_error("the TLS handshake failed");
    wait_for(fd(), why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT);
  }
}

transferred channel::result_of(int result) const {
  if (result > 0)
    return {io::done, static_cast<std::size_t>(result)};
  const int why = SSL_get_error(tls_.get(), result);
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
    return {io::would_block, 0};
  return {io::closed, 0};
}

transferred channel::receive(std::span<char> into) {
  if (!tls_) {
    const auto count = ::recv(fd(), into.data(), into.size(), 0);
    if (count > 0)
      return {io::done, static_cast<std::size_t>(count)};
    return {count < 0 && errno == EAGAIN ? io::would_block : io::closed, 0};
  }
  // What OpenSSL holds no epoll tells of: read until there is no more.
  transferred all;
  while (all.octets < into.size()) {
    const auto rest = into.subspan(all.octets);
    const auto one =
        result_of(SSL_read(tls_.get(), rest.data(), static_cast<int>(rest.size())));
    if (one.state != io::done)
      return all.octets > 0 ? all : one;
    all.octets += one.octets;
  }
  return all;
}

transferred channel::send(std::span<const iovec> parts) {
  if (!tls_) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts.data());
    message.msg_iovlen = parts.size();
    const auto count = ::sendmsg(fd(), &message, MSG_NOSIGNAL);
    if (count >= 0)
      return {io::done, static_cast<std::size_t>(count)};
    return {errno == EAGAIN ? io::would_block : io::closed, 0};
  }
  transferred all;
  for (const auto& part : parts) {
    const auto one =
        result_of(SSL_write(tls_.get(), part.iov_base, static_cast<int>(part.iov_len)));
    if (one.state != io::done)
      return all.octets > 0 ? all : one;
    all.octets += one.octets;
    if (one.octets < part.iov_len)
      break;
  }
  return all;
}

void channel::send_all(std::string_view octets) {
  while (!octets.empty()) {
    const std::array<iovec, 1> all{
        iovec{const_cast<char*>(octets.data()), octets.size()}};
    const auto sent = send(all);
    if (sent.state == io::closed)
      throw std::runtime_error("the server has closed a connection");
    if (sent.state == io::would_block)
      wait_for(fd(), POLLOUT);
    octets.remove_prefix(sent.octets);
  }
}

transferred channel::receive_some(std::span<char> into) {
  for (;;) {
    const auto got = receive(into);
    if (got.state != io::would_block)
      return got;
    wait_for(fd(), POLLIN);
  }
}

void channel::abort_at_close() {
  const linger at_once{1, 0};
  ::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

} // namespace bench
