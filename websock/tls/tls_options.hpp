// The settings of TLS: files, names, versions. Only the paths are ever logged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace websock {

enum class tls_version : std::uint8_t { v1_2, v1_3 };

/// The certificate for one requested server name (SNI, RFC 6066 §3).
struct tls_host {
  std::string host; // "example.org", or "*.example.org" for any one label in front
  std::string certificate_file;
  std::string key_file;
};

/// TLS options of a server.
struct tls_options {
  /// PEM: the server's certificate, followed by its chain. Also used for clients that
  /// request no name, or one that is not in `hosts`.
  std::string certificate_file;
  /// PEM, without a passphrase.
  std::string key_file;
  /// Additional certificates, by name.
  std::vector<tls_host> hosts{};
  /// RFC 8996 has deprecated everything older.
  tls_version least_version = tls_version::v1_2;
  /// For TLS 1.2, in OpenSSL's notation; empty: only forward secret AEAD ciphers.
  std::string ciphers{};
  /// For TLS 1.3, in OpenSSL's notation; empty: OpenSSL's default.
  std::string ciphersuites{};
  /// PEM: if set, clients must present a certificate issued by one of these.
  std::string client_ca_file{};
};

enum class tls_verification : std::uint8_t {
  peer, // the certificate must be valid, trusted, and issued for the requested host
  none, // anyone on the way can read and change everything: for tests
};

/// TLS options of a client.
struct tls_client_options {
  /// PEM: the trusted authorities; empty: those that the system trusts.
  std::string ca_file{};
  tls_verification verification = tls_verification::peer;
  tls_version least_version = tls_version::v1_2;
  /// The client's own certificate, for servers that request one.
  std::string certificate_file{};
  std::string key_file{};

  friend bool operator==(const tls_client_options&, const tls_client_options&) = default;
};

} // namespace websock
