// A TLS client on a real socket, made of OpenSSL alone: what it sends and sees owes
// nothing to the library's own TLS.
#pragma once

#include "tests/support/tcp_client.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct ssl_st;

namespace tests {

struct tls_client_settings {
  std::string ca_file;       // required of a client that checks
  std::string server_name{}; // SNI
  std::vector<std::string> alpn{};
  int version = 0; // 0: whatever both know; else the only one
  std::string certificate_file{};
  std::string key_file{};
  std::string preamble{}; // sent in the clear before the handshake
};

/// Every wait that is not over in time throws, and so does a failed handshake.
class tls_client {
public:
  tls_client(std::uint16_t port, const tls_client_settings& settings);
  tls_client(tls_client&&) noexcept;
  ~tls_client();

  void send(std::string_view bytes);
  [[nodiscard]] std::string take(std::size_t count);
  [[nodiscard]] std::string take_until(std::string_view mark);
  /// Everything up to close_notify.
  [[nodiscard]] std::string take_rest();
  /// Whether the peer has said close_notify, which no attacker can.
  [[nodiscard]] bool is_closed_cleanly() const noexcept { return closed_cleanly_; }
  void close_notify();
  [[nodiscard]] int version() const;
  [[nodiscard]] std::string alpn() const;
  /// The common name of the server's certificate.
  [[nodiscard]] std::string certificate_name() const;
  /// Asks to negotiate anew, as TLS 1.2 allows.
  void ask_to_renegotiate();
  [[nodiscard]] ssl_st* ssl() noexcept { return ssl_.get(); }
  [[nodiscard]] tcp_client& stream() noexcept { return *stream_; }

private:
  struct freeing {
    void operator()(ssl_st* owned) const noexcept;
  };
  /// Sends what OpenSSL has produced.
  void flush();
  /// Repeats `step` with the peer's next bytes until it succeeds; false at the end.
  bool drive(const std::function<int()>& step);

  std::unique_ptr<tcp_client> stream_;
  std::unique_ptr<ssl_st, freeing> ssl_;
  std::string received_;
  bool closed_cleanly_ = false;
};

} // namespace tests
