// Why a client failed to connect.
#pragma once

#include <cstdint>
#include <string>

namespace websock {

/// The exit reason of a client process that did not come up, as seen by links and
/// monitors. It is abnormal, so that a supervisor restarts a transient child:
///
///     if (const auto* failed = down.reason.detail().get_if<websock::connect_failed>())
struct connect_failed {
  enum class kind : std::uint8_t {
    unresolved,  // no address for the host name
    unreachable, // none of its addresses accepts connections
    tls,         // the TLS handshake failed, perhaps over an untrusted certificate
    refused,     // an HTTP status other than 101: `status` and possibly `location`;
                 // a redirect that was not followed, and why
    malformed,   // not a valid answer to this handshake, or the peer disconnected in it
    timeout,     // connect_timeout expired
  };

  kind what = kind::unreachable;
  std::string why;           // for people
  int status = 0;            // the HTTP status, if refused
  std::string location{};    // Location of a 3xx, if refused
  std::string retry_after{}; // Retry-After, if refused

  friend bool operator==(const connect_failed&, const connect_failed&) = default;
  /// `connect_failed: refused: 503 Service Unavailable`.
  friend std::string to_string(const connect_failed& failed);
};

} // namespace websock
