// A socket that listens: TCP or Unix. Only its making and its end; acceptor.hpp accepts.
#pragma once

#include <cstdint>
#include <string>

namespace websock {

struct server_options;

/// A path, or else host and port.
struct listening_address {
  std::string host;
  std::uint16_t port = 0;
  std::string path;
};

/// Closed when destroyed; the file of a Unix socket that it made goes with it.
class listening_socket {
public:
  /// Binds and listens where `unix_path`, or else `host` and `port`, say, or listens with
  /// a duplicate of `listen_descriptor`. Throws std::invalid_argument when that is no
  /// address or no socket that listens, std::system_error that names it when nobody can
  /// listen there.
  explicit listening_socket(const server_options& options);
  ~listening_socket();
  listening_socket(const listening_socket&) = delete;
  listening_socket& operator=(const listening_socket&) = delete;

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  /// 0 for a Unix socket.
  [[nodiscard]] std::uint16_t port() const noexcept { return address_.port; }
  [[nodiscard]] const listening_address& address() const noexcept { return address_; }

private:
  void listen_tcp(const server_options& options);
  void listen_unix(const server_options& options);
  void share(int descriptor, const server_options& options);

  int descriptor_ = -1;
  listening_address address_;
  std::string path_; // of a Unix socket, once it is ours
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
};

} // namespace websock
