// Certificates and TLS settings, and the sessions made from them. The only code that
// reads key files.
#pragma once

#include "websock/tls/tls_options.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <variant>

struct ssl_st;

namespace websock {

namespace detail {
struct tls_identities;
struct ssl_deleter {
  void operator()(ssl_st* session) const noexcept;
};
} // namespace detail

/// One end of a TLS connection before its handshake. Keeps the certificates it was made
/// with even if others are loaded later.
struct tls_session {
  std::shared_ptr<const detail::tls_identities> made_from; // must outlive `ssl`
  std::unique_ptr<ssl_st, detail::ssl_deleter> ssl;
};

/// Immutable except for `reload`. Any thread.
class tls_context {
public:
  /// Loads the files. Throws std::invalid_argument that names option and file when a file
  /// is missing or malformed, or when a key does not match its certificate.
  explicit tls_context(tls_options options);
  explicit tls_context(tls_client_options options);
  ~tls_context();
  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;

  /// Reads all files again, for sessions made from now on. Throws like the constructor,
  /// in which case nothing changes.
  void reload();

  /// For an accepted connection, or for a client that connected to an unnamed address.
  [[nodiscard]] tls_session new_session() const;
  /// For a client: the server must prove that it is `host` (a name or an address).
  [[nodiscard]] tls_session new_session(const std::string& host) const;

private:
  using identities = std::shared_ptr<const detail::tls_identities>;
  [[nodiscard]] identities load() const;
  [[nodiscard]] identities current() const;

  const std::variant<tls_options, tls_client_options> options_;
  mutable std::mutex
      mutex_; // taken once per handshake, which costs a thousand times more
  identities current_;
};

} // namespace websock
