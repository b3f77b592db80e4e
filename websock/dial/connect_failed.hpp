// Why a client did not get its connection.
#pragma once

#include <cstdint>
#include <string>

namespace websock {

/// The exit reason of a client's process that never came up: links get it, monitors get
/// it, and it is abnormal, so that a supervisor starts a transient child again.
///
///     if (const auto* failed = down.reason.detail().get_if<websock::connect_failed>())
struct connect_failed {
  enum class kind : std::uint8_t {
    unresolved,  // no address for the host's name
    unreachable, // no address of it takes a connection
    tls,         // the TLS handshake failed; a certificate that is not trusted
    refused,     // an HTTP answer other than 101: `status` and maybe `location`;
                 // a redirect that is not followed, and why
    malformed,   // an answer that is none to this handshake; the peer went away in it
    timeout,     // connect_timeout was over first
  };

  kind what = kind::unreachable;
  std::string why;           // for people
  int status = 0;            // of HTTP, when refused
  std::string location{};    // Location of a 3xx, when refused
  std::string retry_after{}; // Retry-After, when refused

  friend bool operator==(const connect_failed&, const connect_failed&) = default;
  /// `connect_failed: refused: 503 Service Unavailable`.
  friend std::string to_string(const connect_failed& failed);
};

} // namespace websock
