// How a server is doing, in figures.
#pragma once

#include "websock/runtime/reactor/reactor_kind.hpp"

#include <cstddef>
#include <cstdint>

namespace websock {

/// Each figure is of one moment, all of them of nearly the same.
struct server_statistics {
  std::size_t connections = 0;        // upgraded, now
  std::size_t suspended = 0;          // of these: they wait for a peer that does not read
  std::size_t unsent_bytes = 0;       // of theirs, which the kernel did not take yet
  std::uint64_t messages_dropped = 0; // by full mailboxes of its node, so far
  std::uint64_t handshakes_evicted = 0; // sockets that made room for others, so far
  std::uint64_t origins_refused = 0;    // requests of pages that may not connect, so far
  std::uint64_t cut_off = 0; // sockets that ended before all had been sent, so far
  runtime::reactor_kind reactor = runtime::reactor_kind::automatic; // epoll or uring
};

} // namespace websock
