// What a server reports about itself: how it is doing, and why it failed.
#pragma once

#include "websock/runtime/reactor/reactor_kind.hpp"
#include "websock/runtime/term/exit_reason.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace websock {

/// Each figure was exact at some moment, all of them at nearly the same one.
struct server_statistics {
  std::size_t connections = 0;          // upgraded and open
  std::size_t suspended = 0;            // of these, waiting for a peer that does not read
  std::size_t unsent_bytes = 0;         // theirs, not yet taken by the kernel
  std::uint64_t messages_dropped = 0;   // by full mailboxes of its node, so far
  std::uint64_t handshakes_evicted = 0; // sockets closed to make room for others, so far
  std::uint64_t origins_refused = 0;    // requests refused by origin, so far
  std::size_t body_bytes = 0;           // of requests that are being read or answered
  std::uint64_t bodies_refused = 0;     // for lack of room in max_body_bytes, so far
  std::uint64_t cut_off = 0;            // sockets that ended before all was sent, so far
  runtime::reactor_kind reactor = runtime::reactor_kind::automatic; // epoll or uring
};

/// Why a server failed.
struct server_failure {
  std::string child; // exceeded the restart limit; empty for the supervisor itself
  runtime::exit_reason reason; // of its last failure
  friend bool operator==(const server_failure&, const server_failure&) = default;
};

/// `child "listener" failed too often, at last with error: accept: Invalid argument`.
[[nodiscard]] std::string to_string(const server_failure& failure);

} // namespace websock
