// A client on a real TCP socket.
#include "tests/support/tcp_client.hpp"

#include "tests/support/channel.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace tests {

namespace {

[[noreturn]] void fail(const char* call) {
  throw std::system_error(errno, std::generic_category(), call);
}

using addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

[[nodiscard]] addresses resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
    throw std::invalid_argument("no address: " + host);
  return {found, &::freeaddrinfo};
}

} // namespace

tcp_client::tcp_client(std::uint16_t port, const std::string& host) {
  const auto to = resolve(host, port);
  descriptor_ = ::socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0)
    fail("socket");
  if (::connect(descriptor_, to->ai_addr, to->ai_addrlen) == 0)
    return;
  const int error = errno;
  ::close(descriptor_);
  throw std::system_error(error, std::generic_category(), "connect");
}

tcp_client::tcp_client(tcp_client&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      received_(std::move(other.received_)), taken_(other.taken_),
      has_ended_(other.has_ended_) {
}

tcp_client::~tcp_client() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

void tcp_client::wait_for(short events) {
  constexpr std::chrono::milliseconds limit = patience;
  pollfd waited{descriptor_, events, 0};
  const int ready = ::poll(&waited, 1, static_cast<int>(limit.count()));
  if (ready < 0 && errno != EINTR)
    fail("poll");
  if (ready == 0)
    throw std::runtime_error("the server did nothing in time; received so far: "
                             + std::string(untaken().substr(0, 200)));
}

void tcp_client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count =
        ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN)
      fail("send");
    if (count < 0)
      wait_for(POLLOUT);
    else
      bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

// A reset counts as an end too; anything that arrived before it has already been
// received.
bool tcp_client::receive() {
  if (has_ended_)
    return false;
  wait_for(POLLIN);
  std::array<char, 65'536> buffer;
  const auto count = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN)
    return true;
  if (count < 0 && errno != ECONNRESET)
    fail("recv");
  has_ended_ = count <= 0;
  if (has_ended_)
    return false;
  received_.erase(0, std::exchange(taken_, 0));
  received_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

std::string_view tcp_client::untaken() const noexcept {
  return std::string_view(received_).substr(taken_);
}

void tcp_client::fail_at_end() const {
  throw std::runtime_error("the server ended the stream after: "
                           + std::string(untaken().substr(0, 200)));
}

std::string_view tcp_client::peek(std::size_t least) {
  while (untaken().size() < least && receive()) {
  }
  return untaken();
}

std::string tcp_client::take(std::size_t count) {
  if (peek(count).size() < count)
    fail_at_end();
  std::string taken(untaken().substr(0, count));
  taken_ += count;
  return taken;
}

std::string tcp_client::take_until(std::string_view mark) {
  std::size_t found = untaken().find(mark);
  while (found == std::string_view::npos) {
    if (!receive())
      fail_at_end();
    found = untaken().find(mark);
  }
  return take(found + mark.size());
}

std::string tcp_client::take_rest() {
  while (receive()) {
  }
  return take(untaken().size());
}

void tcp_client::end_output() {
  ::shutdown(descriptor_, SHUT_WR);
}

void tcp_client::reset() {
  const linger at_once{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(std::exchange(descriptor_, -1));
}

} // namespace tests
