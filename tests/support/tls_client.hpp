// A TLS client on a real socket, built directly on OpenSSL: it shares no code with the
// library's TLS.
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
  std::string ca_file;       // needed to verify the server
  std::string server_name{}; // SNI
  std::vector<std::string> alpn{};
  int version = 0; // the only version allowed; 0: negotiate
  std::string certificate_file{};
  std::string key_file{};
  std::string preamble{}; // sent in the clear before the handshake
};

/// Every wait throws on timeout; a failed handshake throws too.
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
  /// Whether the peer sent close_notify, which an attacker cannot forge.
  [[nodiscard]] bool is_closed_cleanly() const noexcept { return closed_cleanly_; }
  void close_notify();
  [[nodiscard]] int version() const;
  [[nodiscard]] std::string alpn() const;
  /// The common name of the server's certificate.
  [[nodiscard]] std::string certificate_name() const;
  /// Requests a renegotiation, which TLS 1.2 allows.
  void ask_to_renegotiate();
  [[nodiscard]] ssl_st* ssl() noexcept { return ssl_.get(); }
  [[nodiscard]] tcp_client& stream() noexcept { return *stream_; }

private:
  struct freeing {
    void operator()(ssl_st* owned) const noexcept;
  };
  /// Sends OpenSSL's pending output.
  void flush();
  /// Feeds the peer's bytes to `step` until it succeeds; false at the end of the stream.
  bool drive(const std::function<int()>& step);

  std::unique_ptr<tcp_client> stream_;
  std::unique_ptr<ssl_st, freeing> ssl_;
  std::string received_;
  bool closed_cleanly_ = false;
};

} // namespace tests
