// What both baseline servers share: parsing a client's frame header, unmasking, the
// handshake response, and the listening socket. They do not validate any input.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct frame {
  std::size_t header = 0; // octets, including the mask
  std::size_t length = 0;
  unsigned char first = 0;
};

/// The frame header at the start of `in`; its `header` is 0 if it is incomplete.
[[nodiscard]] inline frame parse(std::string_view in) {
  if (in.size() < 2)
    return {};
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(in[i]); };
  const auto extended = octet(1) & 0x7FU;
  const std::size_t more = extended < 126 ? 0 : extended == 126 ? 2 : 8;
  frame found{2 + more + 4, extended, octet(0)};
  if (in.size() < found.header)
    return {};
  if (more > 0)
    found.length = 0;
  for (std::size_t i = 0; i < more; ++i)
    found.length = found.length << 8U | octet(2 + i);
  return found;
}

/// Copies the frame to `to`, unmasked as a server sends it, and returns its end. `to`
/// must not be beyond `from`: the header shrinks.
[[nodiscard]] inline char* unmask(char* to, const char* from, const frame& one) {
  std::uint32_t key = 0;
  std::memcpy(&key, from + one.header - sizeof key, sizeof key);
  std::memmove(to, from, one.header - sizeof key);
  to[1] = static_cast<char>(to[1] & 0x7F);
  to += one.header - sizeof key;
  from += one.header;
  const auto wide = std::uint64_t{key} << 32U | key;
  std::size_t i = 0;
  for (; i + 8 <= one.length; i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, from + i, sizeof word);
    word ^= wide;
    std::memcpy(to + i, &word, sizeof word);
  }
  for (; i < one.length; ++i)
    to[i] = static_cast<char>(from[i] ^ static_cast<char>(key >> (8 * (i % 4))));
  return to + one.length;
}

[[nodiscard]] inline std::string answer_to(std::string_view request) {
  constexpr std::string_view name = "Sec-WebSocket-Key: ";
  const auto begin = request.find(name) + name.size();
  const auto proof =
      std::string(request.substr(begin, 24)) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(proof.data()), proof.size(), digest.data());
  std::array<unsigned char, 32> text{};
  EVP_EncodeBlock(text.data(), digest.data(), digest.size());
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
         "Upgrade\r\nSec-WebSocket-Accept: "
         + std::string(reinterpret_cast<const char*>(text.data())) + "\r\n\r\n";
}

struct listening {
  int fd = -1;
  unsigned port = 0;
};

/// Listens on a free port of the loopback address. `flags` are socket type flags.
[[nodiscard]] inline listening listen_anywhere(int flags) {
  listening made{::socket(AF_INET, SOCK_STREAM | flags, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(made.fd, generic, size) != 0 || ::listen(made.fd, 1'024) != 0)
    throw std::runtime_error("bind");
  ::getsockname(made.fd, generic, &size);
  made.port = ntohs(address.sin_port);
  return made;
}

/// Sets up a new connection, which `by_descriptor` owns.
template <class Connection>
[[nodiscard]] Connection& adopt(int fd,
                                std::vector<std::unique_ptr<Connection>>& by_descriptor) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto index = static_cast<std::size_t>(fd);
  if (by_descriptor.size() <= index)
    by_descriptor.resize(index + 1);
  by_descriptor[index] = std::make_unique<Connection>(fd);
  return *by_descriptor[index];
}

template <class Connection>
void enter(std::vector<Connection*>& hub, Connection& one) {
  one.place = hub.size();
  hub.push_back(&one);
}

template <class Connection>
void leave(std::vector<Connection*>& hub, const Connection& one) {
  hub[one.place] = hub.back();
  hub[one.place]->place = one.place;
  hub.pop_back();
}

/// Raises the descriptor limit to its maximum, prints the URL and runs the server.
template <class Server>
[[noreturn]] void serve() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  Server one;
  std::printf("ws://127.0.0.1:%u/\n", one.port());
  std::fflush(stdout);
  one.run();
}

} // namespace bench
