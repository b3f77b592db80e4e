// The limits and deadlines of clients that poll instead of having a WebSocket.
#pragma once

#include "websock/options/options.hpp"

#include <cstddef>
#include <string>

namespace websock {

/// Options of the sessions at one path: channels_options::longpoll.
struct longpoll_options {
  /// How long a poll waits for something to say. A session that nobody has polled for one
  /// and a half of this ends.
  milliseconds window{10'000};
  /// In bytes: a POST, which may hold a hundred messages.
  std::size_t max_body = 1'048'576;
  /// Messages that may wait for the next poll. One more ends the session.
  std::size_t max_unread = 1'000;
  /// The same in bytes. One message may wait however large it is.
  std::size_t max_unread_bytes = 1'048'576;
  /// Sessions, which need no socket to live: further clients get 503.
  std::size_t max_sessions = 10'000;
  /// The same for one client: an IPv4 address, or a /64 of IPv6. Not applied to Unix
  /// sockets. 0: half of max_sessions.
  std::size_t max_sessions_per_address = 0;
  /// Signs the tokens by which clients find their sessions; at least 32 bytes. Empty: a
  /// random one at each start, which is enough, as sessions do not outlive the server.
  std::string secret{};
};

/// Throws std::invalid_argument for the first option out of range.
void validate(const longpoll_options& options);

} // namespace websock
