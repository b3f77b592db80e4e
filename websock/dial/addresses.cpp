// Calls getaddrinfo, and orders addresses by RFC 8305.
#include "websock/dial/addresses.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace websock {

namespace {

[[nodiscard]] std::string text_of(int code) {
  return code == EAI_SYSTEM ? std::generic_category().message(errno)
                            : std::string(::gai_strerror(code));
}

[[nodiscard]] found_addresses ask_system(const std::string& host, int flags) {
  addrinfo wanted{};
  wanted.ai_flags = flags;
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int failed = ::getaddrinfo(host.c_str(), nullptr, &wanted, &first);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(
      failed == 0 ? first : nullptr, ::freeaddrinfo);
  found_addresses found;
  for (const auto* each = owner.get(); each != nullptr; each = each->ai_next) {
    auto& next = found.addresses.emplace_back();
    next.size = each->ai_addrlen;
    std::memcpy(&next.bytes, each->ai_addr, each->ai_addrlen);
  }
  if (found.addresses.empty())
    found.failure = host + ": " + (failed == 0 ? "no address" : text_of(failed));
  return found;
}

void set_port(socket_address& address, std::uint16_t port) noexcept {
  if (address.bytes.ss_family == AF_INET)
    reinterpret_cast<sockaddr_in&>(address.bytes).sin_port = htons(port);
  else
    reinterpret_cast<sockaddr_in6&>(address.bytes).sin6_port = htons(port);
}

} // namespace

found_addresses look_up(const std::string& host) {
  return ask_system(host, 0);
}

std::optional<found_addresses> written_address(const std::string& host) {
  auto found = ask_system(host, AI_NUMERICHOST);
  if (!found.addresses.empty())
    return found;
  if (host.find(':') == std::string::npos)
    return std::nullopt;
  found.failure = host + ": no such address or interface"; // a name has no colon
  return found;
}

socket_address unix_address(const std::string& path) {
  sockaddr_un unix_socket{};
  if (path.empty() || path.size() >= sizeof unix_socket.sun_path)
    throw std::invalid_argument("the path of a Unix socket must be 1 to "
                                + std::to_string(sizeof unix_socket.sun_path - 1)
                                + " bytes long: " + path);
  unix_socket.sun_family = AF_UNIX;
  std::memcpy(unix_socket.sun_path, path.data(), path.size());
  socket_address only;
  only.size = sizeof unix_socket;
  std::memcpy(&only.bytes, &unix_socket, sizeof unix_socket);
  return only;
}

std::vector<socket_address> in_turn(std::vector<socket_address> found, std::uint16_t port,
                                    std::size_t most) {
  if (found.empty())
    return found;
  const auto first = found.front().bytes.ss_family;
  const auto others = std::stable_partition(
      found.begin(), found.end(),
      [first](const socket_address& each) { return each.bytes.ss_family == first; });
  std::vector<socket_address> all;
  auto mine = found.begin();
  auto other = others;
  while (all.size() < most && (mine != others || other != found.end())) {
    if (mine != others)
      all.push_back(*mine++);
    if (other != found.end() && all.size() < most)
      all.push_back(*other++);
  }
  for (auto& each : all)
    set_port(each, port);
  return all;
}

} // namespace websock
