// Many WebSocket clients in one thread.
#include "bench/support/idle_peers.hpp"

#include "websock/protocol/frame_writer.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace bench {

namespace {

constexpr int patience = 60'000;                   // ms
constexpr std::size_t clients_of_address = 10'000; // more make connect() slow

[[noreturn]] void fail(const char* call) {
  throw std::system_error(errno, std::generic_category(), call);
}

[[nodiscard]] sockaddr_in loopback(std::uint32_t host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
  return address;
}

[[nodiscard]] const sockaddr* generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

void send_all(int socket, std::string_view bytes) {
  if (::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL)
      != static_cast<ssize_t>(bytes.size()))
    fail("send");
}

/// Reads until `mark` has been seen.
void receive_until(int socket, std::string_view mark) {
  std::string seen;
  std::array<char, 65'536> buffer;
  while (seen.find(mark) == std::string::npos) {
    pollfd waited{socket, POLLIN, 0};
    if (::poll(&waited, 1, patience) == 0)
      throw std::runtime_error("the server did not answer in time");
    const auto count = ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count == 0)
      throw std::runtime_error("the server closed: " + seen.substr(0, 200));
    if (count < 0 && errno != EAGAIN)
      fail("recv");
    if (count > 0)
      seen.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

/// False at the end of the stream.
[[nodiscard]] bool discard_from(int socket) {
  std::array<char, 65'536> buffer;
  for (;;) {
    const auto count = ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count <= 0)
      return count < 0 && errno == EAGAIN;
  }
}

[[nodiscard]] std::string handshake(const std::string& path) {
  return "GET " + path
         + " HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           "Sec-WebSocket-Version: 13\r\n\r\n";
}

} // namespace

idle_peers::idle_peers(std::uint16_t port)
    : port_(port), readable_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (readable_ < 0)
    fail("epoll_create1");
}

idle_peers::~idle_peers() {
  for (const int socket : sockets_)
    ::close(socket);
  ::close(readable_);
}

int idle_peers::connect_socket() const {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0)
    fail("socket");
  const int yes = 1;
  ::setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  const auto from =
      loopback(static_cast<std::uint32_t>(sockets_.size() / clients_of_address), 0);
  const auto to = loopback(0, port_);
  if (::bind(socket, generic(from), sizeof from) == 0
      && ::connect(socket, generic(to), sizeof to) == 0)
    return socket;
  ::close(socket);
  fail("connect");
}

void idle_peers::add(const std::string& path) {
  const int socket = connect_socket();
  sockets_.push_back(socket);
  send_all(socket, handshake(path));
  receive_until(socket, "\r\n\r\n");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = socket;
  if (::epoll_ctl(readable_, EPOLL_CTL_ADD, socket, &event) != 0)
    fail("epoll_ctl");
}

void idle_peers::discard(std::chrono::milliseconds quiet) {
  std::array<epoll_event, 256> ready{};
  for (;;) {
    const int count =
        ::epoll_wait(readable_, ready.data(), static_cast<int>(ready.size()),
                     static_cast<int>(quiet.count()));
    if (count <= 0)
      return;
    for (int i = 0; i < count; ++i)
      if (!discard_from(ready[static_cast<std::size_t>(i)].data.fd))
        throw std::runtime_error("the server closed an idle connection");
  }
}

idle_peers::duration idle_peers::time_until(std::size_t from, std::string_view text,
                                            std::size_t to, std::string_view mark) {
  std::string frame;
  websock::protocol::append_masked_frame(frame, websock::protocol::opcode::text, text,
                                         {});
  const auto start = std::chrono::steady_clock::now();
  send_all(sockets_.at(from), frame);
  receive_until(sockets_.at(to), mark);
  return std::chrono::steady_clock::now() - start;
}

} // namespace bench
