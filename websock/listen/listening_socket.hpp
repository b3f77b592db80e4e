// A listening socket, TCP or Unix: creation and cleanup only. acceptor.hpp accepts.
#pragma once

#include <cstdint>
#include <string>

namespace websock {

struct server_options;

/// A path, or host and port.
struct listening_address {
  std::string host;
  std::uint16_t port = 0;
  std::string path;
};

/// Closed when destroyed, which also removes the file of a Unix socket that it created.
class listening_socket {
public:
  /// Binds and listens at `unix_path` or at `host` and `port`, or listens with a
  /// duplicate of `listen_descriptor`. Throws std::invalid_argument for an invalid
  /// address or a descriptor that is not a listening socket, std::system_error that names
  /// the place if listening there fails.
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
  std::string path_; // of a Unix socket that we created
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
};

} // namespace websock
