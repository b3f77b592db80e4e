// Creates listening sockets.
#include "websock/listen/listening_socket.hpp"

#include "websock/options/options.hpp"
#include "websock/transport/descriptor_flags.hpp"
#include "websock/transport/owned_descriptor.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace websock {

namespace {

[[noreturn]] void fail(const std::string& where, int error) {
  throw std::system_error(error, std::generic_category(), "cannot listen on " + where);
}

void require(bool holds, const std::string& where) {
  if (!holds)
    fail(where, errno);
}

void set(int descriptor, int level, int option, bool enabled, const std::string& where) {
  const int value = enabled ? 1 : 0;
  require(::setsockopt(descriptor, level, option, &value, sizeof value) == 0, where);
}

[[nodiscard]] owned_descriptor open_socket(int family, const std::string& where) {
  const int made = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  require(made >= 0, where);
  return owned_descriptor(made);
}

struct socket_address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  [[nodiscard]] sockaddr* generic() noexcept {
    return reinterpret_cast<sockaddr*>(&storage);
  }
};

// "fe80::1%eth0": RFC 4007 §11
[[nodiscard]] bool parse_v6(std::string text, std::uint16_t port, socket_address& into) {
  auto& v6 = reinterpret_cast<sockaddr_in6&>(into.storage);
  if (const auto zone = text.find('%'); zone != std::string::npos) {
    v6.sin6_scope_id = ::if_nametoindex(text.c_str() + zone + 1);
    if (v6.sin6_scope_id == 0)
      return false;
    text.resize(zone);
  }
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  into.size = sizeof v6;
  return ::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1;
}

[[nodiscard]] bool parse_v4(const std::string& text, std::uint16_t port,
                            socket_address& into) {
  auto& v4 = reinterpret_cast<sockaddr_in&>(into.storage);
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  into.size = sizeof v4;
  return ::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1;
}

[[nodiscard]] socket_address parse(const std::string& host, std::uint16_t port) {
  socket_address parsed;
  if (parse_v4(host == "localhost" ? "127.0.0.1" : host, port, parsed))
    return parsed;
  parsed = {};
  if (parse_v6(host, port, parsed))
    return parsed;
  throw std::invalid_argument("host is \"" + host
                              + "\": it must be an IPv4 or IPv6 address");
}

[[nodiscard]] std::uint16_t port_of(socket_address& bound) noexcept {
  return ntohs(bound.storage.ss_family == AF_INET6
                   ? reinterpret_cast<sockaddr_in6&>(bound.storage).sin6_port
                   : reinterpret_cast<sockaddr_in&>(bound.storage).sin_port);
}

[[nodiscard]] listening_address name_of(socket_address& bound) {
  if (bound.storage.ss_family == AF_UNIX) {
    const auto& path = reinterpret_cast<sockaddr_un&>(bound.storage).sun_path;
    const auto size = bound.size - offsetof(sockaddr_un, sun_path);
    // An abstract name begins with NUL; a path may or may not end with one.
    if (size == 0 || path[0] == '\0')
      return {{}, 0, "@" + std::string(path + 1, size == 0 ? 0 : size - 1)};
    return {{}, 0, std::string(path, ::strnlen(path, size))};
  }
  char host[NI_MAXHOST];
  if (::getnameinfo(bound.generic(), bound.size, host, sizeof host, nullptr, 0,
                    NI_NUMERICHOST)
      != 0)
    return {"?", port_of(bound), {}};
  return {host, port_of(bound), {}};
}

void require_listening(int descriptor, const std::string& where) {
  int type = 0;
  int listens = 0;
  socklen_t size = sizeof type;
  const bool is_one =
      ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0
      && ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0
      && type == SOCK_STREAM && listens != 0;
  if (!is_one)
    throw std::invalid_argument("listen_descriptor: " + where
                                + " is no stream socket that listens");
}

[[nodiscard]] sockaddr_un unix_address(const std::string& path) noexcept {
  sockaddr_un made{};
  made.sun_family = AF_UNIX;
  std::memcpy(made.sun_path, path.data(), path.size()); // the length is already validated
  return made;
}

[[nodiscard]] bool bind_to(int descriptor, sockaddr_un where) noexcept {
  return ::bind(descriptor, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0;
}

/// Whether `path` is a socket that no process listens on any more.
[[nodiscard]] bool is_stale(const std::string& path, const std::string& where) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode))
    return false;
  const auto probe = open_socket(AF_UNIX, where);
  auto address = unix_address(path);
  const int connected =
      ::connect(probe.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  return connected != 0 && errno == ECONNREFUSED;
}

} // namespace

listening_socket::listening_socket(const server_options& options) {
  if (options.listen_descriptor)
    share(*options.listen_descriptor, options);
  else if (options.unix_path.empty())
    listen_tcp(options);
  else
    listen_unix(options);
}

void listening_socket::listen_tcp(const server_options& options) {
  auto address = parse(options.host, options.port);
  const auto where = options.host + " port " + std::to_string(options.port);
  auto made = open_socket(address.storage.ss_family, where);
  const int fd = made.get();
  set(fd, SOL_SOCKET, SO_REUSEADDR, true, where);
  if (options.reuse_port)
    set(fd, SOL_SOCKET, SO_REUSEPORT, true, where);
  if (address.storage.ss_family == AF_INET6) // explicitly, as the default is configurable
    set(fd, IPPROTO_IPV6, IPV6_V6ONLY, options.ipv6_only, where);
  // On Linux accepted sockets inherit the option, which saves a call for each.
  set(fd, IPPROTO_TCP, TCP_NODELAY, options.tcp_nodelay, where);
  require(::bind(fd, address.generic(), address.size) == 0, where);
  require(::listen(fd, options.backlog) == 0, where);
  require(::getsockname(fd, address.generic(), &address.size) == 0, where);
  address_ = {options.host, port_of(address), {}};
  descriptor_ = made.take();
}

void listening_socket::listen_unix(const server_options& options) {
  const auto& path = options.unix_path;
  const auto where = "unix socket " + path;
  auto made = open_socket(AF_UNIX, where);
  const auto address = unix_address(path);
  if (!bind_to(made.get(), address)) {
    const int error = errno;
    if (error != EADDRINUSE || !is_stale(path, where))
      fail(where, error);
    ::unlink(path.c_str());
    require(bind_to(made.get(), address), where);
  }
  struct stat bound {};
  // Connecting is impossible before listen, so the permissions are set in time.
  const bool is_ready = ::chmod(path.c_str(), options.unix_permissions) == 0
                        && ::lstat(path.c_str(), &bound) == 0
                        && ::listen(made.get(), options.backlog) == 0;
  if (!is_ready) {
    const int error = errno;
    ::unlink(path.c_str());
    fail(where, error);
  }
  address_.path = path;
  path_ = path;
  device_ = bound.st_dev;
  inode_ = bound.st_ino;
  descriptor_ = made.take();
}

void listening_socket::share(int descriptor, const server_options& options) {
  const auto where = "descriptor " + std::to_string(descriptor);
  require_listening(descriptor, where);
  owned_descriptor shared(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
  require(shared.get() >= 0, where);
  require(set_non_blocking(shared.get()), where);
  socket_address bound;
  bound.size = sizeof bound.storage;
  require(::getsockname(shared.get(), bound.generic(), &bound.size) == 0, where);
  address_ = name_of(bound);
  if (bound.storage.ss_family != AF_UNIX)
    set(shared.get(), IPPROTO_TCP, TCP_NODELAY, options.tcp_nodelay, where);
  descriptor_ = shared.take();
}

listening_socket::~listening_socket() {
  struct stat now {};
  // Keeps the file if another server has taken over the path.
  if (!path_.empty() && ::lstat(path_.c_str(), &now) == 0 && now.st_dev == device_
      && now.st_ino == inode_)
    ::unlink(path_.c_str());
  ::close(descriptor_);
}

} // namespace websock
