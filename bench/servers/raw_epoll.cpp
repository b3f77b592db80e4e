// A lower bound for an echo and a broadcast with epoll: one recv and one send per turn of
// a connection, the handshake and the unmasking, and no validation.
//
//   raw_epoll    echoes at every path but /hub, which broadcasts each message
#include "bench/servers/floor.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

namespace {

constexpr std::size_t read_size = 262'144;

struct storage {
  std::unique_ptr<char[]> octets;
  std::size_t size = 0;
};

[[nodiscard]] storage make_storage(std::size_t size) {
  return {std::unique_ptr<char[]>(new char[size]), size};
}

struct connection {
  explicit connection(int socket) : fd(socket) {}

  const int fd;
  bool upgraded = false;
  bool in_hub = false;
  bool closing = false;
  std::size_t place = 0; // its index in the hub
  storage in;            // an incomplete frame
  std::size_t in_size = 0;
  std::string out; // what the kernel has not accepted yet
};

class server {
public:
  server();
  [[nodiscard]] unsigned port() const { return listener_.port; }
  [[noreturn]] void run();

private:
  void accept_all();
  void on_readable(connection& one);
  [[nodiscard]] std::string_view take(connection& one, char* in, std::size_t size);
  [[nodiscard]] std::string_view upgrade(connection& one, std::string_view in);
  void wait_for_more(connection& one, std::string_view rest, std::size_t wanted);
  void keep(connection& one, std::string_view rest, std::size_t wanted);
  void release(connection& one);
  void send(connection& one, std::string_view octets);
  void on_writable(connection& one);
  void wait_for(connection& one, std::uint32_t events) const;
  void end(connection& one);

  listening listener_;
  int set_;
  std::vector<std::unique_ptr<connection>> connections_; // by descriptor
  std::vector<connection*> hub_;
  storage buffer_ = make_storage(read_size); // for connections with nothing in `in`
  std::string answer_;                       // to the latest handshake
  storage spare_;                            // from a frame that is complete
  std::string_view rest_;                    // this turn's incomplete frame
  std::size_t wanted_ = 0;                   // and its full length
};

server::server() : listener_(listen_anywhere(SOCK_NONBLOCK)), set_(::epoll_create1(0)) {
  epoll_event event{};
  event.events = EPOLLIN;
  ::epoll_ctl(set_, EPOLL_CTL_ADD, listener_.fd, &event);
}

void server::run() {
  std::array<epoll_event, 512> ready{};
  for (;;) {
    const int count = ::epoll_wait(set_, ready.data(), ready.size(), -1);
    for (int i = 0; i < count; ++i) {
      const auto& event = ready[static_cast<std::size_t>(i)];
      auto* one = static_cast<connection*>(event.data.ptr);
      if (one == nullptr)
        accept_all();
      else if ((event.events & EPOLLOUT) != 0)
        on_writable(*one);
      else
        on_readable(*one);
    }
  }
}

void server::accept_all() {
  for (;;) {
    const int fd = ::accept4(listener_.fd, nullptr, nullptr, SOCK_NONBLOCK);
    if (fd < 0)
      return;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &adopt(fd, connections_);
    ::epoll_ctl(set_, EPOLL_CTL_ADD, fd, &event);
  }
}

void server::on_readable(connection& one) {
  auto& into = one.in_size == 0 ? buffer_ : one.in;
  char* const in = into.octets.get();
  const auto count = ::recv(one.fd, in + one.in_size, into.size - one.in_size, 0);
  if (count <= 0) {
    if (count == 0 || errno != EAGAIN)
      end(one);
    return;
  }
  const auto size = static_cast<std::size_t>(count) + std::exchange(one.in_size, 0);
  const auto out = one.upgraded ? take(one, in, size) : upgrade(one, {in, size});
  if (one.in_hub && !one.closing)
    for (std::size_t i = 0; i < hub_.size() && !out.empty(); ++i)
      send(*hub_[i], out);
  else if (!out.empty())
    send(one, out);
  if (one.closing)
    return end(one);
  if (one.in_size > 0)
    keep(one, rest_, wanted_);
  else
    release(one);
}

/// Unmasks the frames at `in` in place and returns the octets to send.
std::string_view server::take(connection& one, char* in, std::size_t size) {
  char* to = in;
  const char* from = in;
  const char* const end = in + size;
  while (from < end) {
    const std::string_view left(from, static_cast<std::size_t>(end - from));
    const auto next = parse(left);
    if (next.header == 0 || left.size() - next.header < next.length) {
      wait_for_more(one, left, next.header + next.length);
      break;
    }
    one.closing = one.closing || (next.first & 0x0FU) == 8;
    to = unmask(to, from, next);
    from += next.header + next.length;
  }
  return {in, static_cast<std::size_t>(to - in)};
}

/// The handshake response; valid until the next one.
std::string_view server::upgrade(connection& one, std::string_view in) {
  if (!in.ends_with("\r\n\r\n")) {
    wait_for_more(one, in, 0);
    return {};
  }
  one.upgraded = true;
  answer_ = answer_to(in);
  if (in.starts_with("GET /hub ")) {
    enter(hub_, one);
    send(one, answer_);
    one.in_hub = true;
    return {};
  }
  return answer_;
}

void server::wait_for_more(connection& one, std::string_view rest, std::size_t wanted) {
  rest_ = rest;
  wanted_ = wanted;
  one.in_size = rest.size();
}

void server::keep(connection& one, std::string_view rest, std::size_t wanted) {
  const auto size = std::max(wanted, rest.size()) + 4'096;
  if (one.in.size < size) {
    auto made = spare_.size >= size ? std::exchange(spare_, {}) : make_storage(size);
    std::memcpy(made.octets.get(), rest.data(), rest.size());
    one.in = std::move(made);
  } else {
    std::memmove(one.in.octets.get(), rest.data(), rest.size());
  }
  one.in_size = rest.size();
}

void server::release(connection& one) {
  if (one.in.size > spare_.size)
    std::swap(spare_, one.in);
  one.in = {};
}

void server::send(connection& one, std::string_view octets) {
  if (one.out.empty()) {
    const auto sent = ::send(one.fd, octets.data(), octets.size(), MSG_NOSIGNAL);
    octets.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
    if (octets.empty())
      return;
    wait_for(one, EPOLLOUT);
  }
  one.out += octets;
}

void server::on_writable(connection& one) {
  const auto sent = ::send(one.fd, one.out.data(), one.out.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN)
    return end(one);
  one.out.erase(0, sent > 0 ? static_cast<std::size_t>(sent) : 0);
  if (one.out.empty())
    wait_for(one, EPOLLIN);
}

void server::wait_for(connection& one, std::uint32_t events) const {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &one;
  ::epoll_ctl(set_, EPOLL_CTL_MOD, one.fd, &event);
}

void server::end(connection& one) {
  if (one.in_hub)
    leave(hub_, one);
  const int fd = one.fd;
  connections_[static_cast<std::size_t>(fd)].reset();
  ::close(fd);
}

} // namespace

} // namespace bench

int main() {
  bench::serve<bench::server>();
}
