// What TLS is set up from: files, names, versions. Nothing here is ever logged but the
// paths.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace websock {

enum class tls_version : std::uint8_t { v1_2, v1_3 };

/// A certificate for one name that clients ask for (SNI, RFC 6066 §3).
struct tls_host {
  std::string host; // "example.org", or "*.example.org" for one label in front of it
  std::string certificate_file;
  std::string key_file;
};

/// Of a server.
struct tls_options {
  /// PEM: the server's certificate, then those that lead to its root. Also for clients
  /// that ask for no name, or for one that is not in `hosts`.
  std::string certificate_file;
  /// PEM, without a passphrase.
  std::string key_file;
  /// Further certificates, by name.
  std::vector<tls_host> hosts{};
  /// RFC 8996 withdrew everything older.
  tls_version least_version = tls_version::v1_2;
  /// Of TLS 1.2, as OpenSSL spells them; empty: forward secret AEAD ciphers only.
  std::string ciphers{};
  /// Of TLS 1.3, as OpenSSL spells them; empty: OpenSSL's own.
  std::string ciphersuites{};
  /// PEM: when set, clients must show a certificate that one of these has issued.
  std::string client_ca_file{};
};

enum class tls_verification : std::uint8_t {
  peer, // the certificate must be valid, trusted, and for the host that was asked for
  none, // anybody in between can read and change everything: for tests
};

/// Of a client.
struct tls_client_options {
  /// PEM: who is trusted; empty: whom the system trusts.
  std::string ca_file{};
  tls_verification verification = tls_verification::peer;
  tls_version least_version = tls_version::v1_2;
  /// The client's own, where the server asks for one.
  std::string certificate_file{};
  std::string key_file{};

  friend bool operator==(const tls_client_options&, const tls_client_options&) = default;
};

} // namespace websock
