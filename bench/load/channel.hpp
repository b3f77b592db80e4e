// A TCP connection to the server, with TLS above it if wanted.
#pragma once

#include "bench/load/settings.hpp"

#include <openssl/ssl.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace bench {

/// Owns a descriptor; -1 is none.
class descriptor {
public:
  explicit descriptor(int fd = -1) noexcept : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor();

  [[nodiscard]] int get() const noexcept { return fd_; }

private:
  int fd_;
};

/// A socket that connects from the loopback address number `source` (127.0.0.1 is 0),
/// without waiting for it. Throws std::system_error.
[[nodiscard]] descriptor start_connect(const settings& to, std::size_t source);

enum class io { done, would_block, closed };

struct transferred {
  io state = io::done;
  std::size_t octets = 0;
};

class channel {
public:
  /// Connects, and makes the TLS handshake if that is wanted; neither blocks any more
  /// then.
  channel(const settings& to, std::size_t source);
  /// Over a socket that is connected, without TLS.
  explicit channel(descriptor connected) noexcept : socket_(std::move(connected)) {}

  [[nodiscard]] int fd() const noexcept { return socket_.get(); }
  /// Takes what there is, with one system call if there is no TLS.
  [[nodiscard]] transferred receive(std::span<char> into);
  [[nodiscard]] transferred send(std::span<const iovec> parts);
  /// Sends all of it and waits where it must.
  void send_all(std::string_view octets);
  /// As receive, but waits for something; throws after ten seconds without.
  [[nodiscard]] transferred receive_some(std::span<char> into);
  /// No TIME_WAIT, no close handshake of TCP.
  void abort_at_close();

private:
  struct ssl_delete {
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
  };
  [[nodiscard]] transferred result_of(int result) const;

  descriptor socket_;
  std::unique_ptr<SSL, ssl_delete> tls_;
};

} // namespace bench
