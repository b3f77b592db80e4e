// A connected, non-blocking stream socket.
#include "websock/transport/socket_transport.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <utility>

namespace websock {

namespace {

[[nodiscard]] io_result from_call(ssize_t count) noexcept {
  if (count >= 0)
    return {io_result::status::done, static_cast<std::size_t>(count)};
  const bool later = errno == EAGAIN || errno == EINTR;
  return {later ? io_result::status::would_block : io_result::status::closed};
}

} // namespace

socket_transport::~socket_transport() {
  if (is_added_)
    sockets_.close(descriptor_);
  else
    ::close(descriptor_);
}

io_result socket_transport::read(std::span<std::byte> into) {
  const auto result = from_call(sockets_.receive(descriptor_, into));
  if (result.what == io_result::status::done && result.count == 0)
    return {io_result::status::closed};
  return result;
}

io_result socket_transport::write(std::string_view bytes) {
  return from_call(sockets_.send(descriptor_, bytes));
}

io_result socket_transport::post(std::string_view bytes) {
  return from_call(sockets_.post(descriptor_, bytes));
}

io_result socket_transport::gather(std::span<const std::string_view> pieces) {
  assert(pieces.size() <= most_pieces && "more pieces than one call takes");
  if (pieces.size() == 1)
    return write(pieces.front());
  std::array<iovec, most_pieces> places;
  std::size_t count = 0;
  for (const auto piece : pieces)
    places[count++] = {const_cast<char*>(piece.data()), piece.size()};
  return from_call(sockets_.gather(descriptor_, std::span(places).first(count)));
}

void socket_transport::end_of_output() {
  ::shutdown(descriptor_, SHUT_WR);
}

void socket_transport::watch(runtime::io_target& target, runtime::interest wanted) {
  if (is_watched_)
    sockets_.change(descriptor_, target, wanted);
  else
    sockets_.add_stream(descriptor_, target, wanted);
  is_added_ = is_watched_ = true;
}

std::string socket_transport::unwatch(runtime::io_target& target) noexcept {
  if (!std::exchange(is_watched_, false))
    return {};
  return sockets_.remove(descriptor_, target);
}

std::string socket_transport::peer_name() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::getpeername(descriptor_, generic, &size) != 0)
    return "unknown"; // the peer is already gone
  if (address.ss_family == AF_UNIX)
    return "unix";
  if (::getnameinfo(generic, size, host.data(), host.size(), port.data(), port.size(),
                    NI_NUMERICHOST | NI_NUMERICSERV)
      != 0)
    return "unknown";
  std::string_view text = host.data();
  if (text.starts_with("::ffff:") && text.find('.') != std::string_view::npos)
    text.remove_prefix(7); // RFC 4291 §2.5.5.2: an IPv4 client on a dual-stack socket
  const bool is_v6 = text.find(':') != std::string_view::npos;
  return (is_v6 ? "[" : "") + std::string(text) + (is_v6 ? "]:" : ":") + port.data();
}

} // namespace websock
