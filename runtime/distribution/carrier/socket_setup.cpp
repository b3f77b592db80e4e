// Sockets that no child process inherits.
#include "socket_setup.hpp"

#include "../../process/shard.hpp"

#include <asio/error_code.hpp>
#include <asio/io_context.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace websock::runtime::distribution {

namespace {

using asio::ip::tcp;

class descriptor {
public:
  explicit descriptor(int value) noexcept : value_(value) {}
  ~descriptor() {
    if (value_ >= 0)
      ::close(value_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  [[nodiscard]] int get() const noexcept { return value_; }
  void release() noexcept { value_ = -1; }

private:
  int value_;
};

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

[[nodiscard]] int open(const tcp& protocol) {
  const int opened = ::socket(
      protocol.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol.protocol());
  if (opened < 0)
    fail("socket");
  return opened;
}

} // namespace

tcp::socket new_socket(shard& home, const tcp::endpoint& endpoint) {
  return adopt(home, open(endpoint.protocol()), endpoint.protocol());
}

tcp::socket adopt(shard& home, int given, const tcp& protocol) {
  descriptor owned(given);
  tcp::socket made(home.io());
  made.assign(protocol, given);
  owned.release();
  return made;
}

tcp::acceptor new_listening_socket(shard& home, const tcp::endpoint& endpoint) {
  const auto what = "listen on " + to_text(endpoint);
  descriptor owned(open(endpoint.protocol()));
  // A port whose last connections still linger is free; one that is listened on is not.
  constexpr int on = 1;
  if (::setsockopt(owned.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
      || ::bind(owned.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size()))
             != 0
      || ::listen(owned.get(), SOMAXCONN) != 0)
    fail(what);
  tcp::acceptor made(home.io());
  made.assign(endpoint.protocol(), owned.get());
  owned.release();
  return made;
}

// A socket that is reset already refuses options; reading tells why.
void set_up(tcp::socket::lowest_layer_type& socket) {
  asio::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(false), ignored);
  // Small messages pass large ones only as long as these are not in the kernel.
  constexpr int most_unsent = 32'768;
  static_cast<void>(::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT,
                                 &most_unsent, sizeof most_unsent));
}

std::string peer_of(tcp::socket::lowest_layer_type& socket) {
  asio::error_code failed;
  const auto peer = socket.remote_endpoint(failed);
  return failed ? "a peer that is gone" : to_text(peer);
}

std::string to_text(const tcp::endpoint& endpoint) {
  const auto host = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? '[' + host + ']' : host) + ':'
         + std::to_string(endpoint.port());
}

} // namespace websock::runtime::distribution
