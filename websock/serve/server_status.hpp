// What a server tells about itself: how it is doing, and why it has failed.
#pragma once

#include "websock/runtime/reactor/reactor_kind.hpp"
#include "websock/runtime/term/exit_reason.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace websock {

/// Figures; each was true at one moment, all of them at nearly the same.
struct server_statistics {
  std::size_t connections = 0;        // upgraded, now
  std::size_t suspended = 0;          // of these: they wait for a peer that does not read
  std::size_t unsent_bytes = 0;       // of theirs, which the kernel has not taken yet
  std::uint64_t messages_dropped = 0; // by full mailboxes of its node, so far
  std::uint64_t handshakes_evicted = 0; // sockets that made room for others, so far
  std::uint64_t origins_refused = 0;    // requests of pages that may not connect, so far
  std::uint64_t cut_off = 0; // sockets that ended before all had been sent, so far
  runtime::reactor_kind reactor = runtime::reactor_kind::automatic; // epoll or uring
};

/// Why a server has ended by itself.
struct server_failure {
  std::string child; // failed once too often; empty when it was the supervisor itself
  runtime::exit_reason reason; // of its last failure
  friend bool operator==(const server_failure&, const server_failure&) = default;
};

/// `child "listener" failed too often, at last with error: accept: Invalid argument`.
[[nodiscard]] std::string to_string(const server_failure& failure);

} // namespace websock
