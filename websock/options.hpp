// Every limit and deadline, with its default and why. A wrong value is refused at
// start-up with std::invalid_argument that names the option and the range.
#pragma once

#include "runtime/mailbox_limit.hpp"
#include "websock/http/head_parser.hpp"
#include "websock/protocol/deflate_options.hpp"
#include "websock/protocol/message_limits.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace websock {

/// Of the connections of one route.
struct upgrade_options {
  /// Closes a connection from which nothing came for so long (1001). Only inbound bytes
  /// count.
  std::chrono::milliseconds timeout{60'000};
  /// A message that has begun must be complete by then, however slowly it dribbles in
  /// (1008).
  std::chrono::milliseconds message_timeout{60'000};
  /// How long to wait for the peer's close frame after ours.
  std::chrono::milliseconds close_timeout{5'000};
  /// Ends a connection whose peer took nothing for so long while there was something to
  /// send.
  std::chrono::milliseconds send_timeout{30'000};
  /// Of frames and messages, in bytes and fragments.
  protocol::message_limits limits{};
  /// Whether permessage-deflate (RFC 7692) is agreed on with a peer that wants it. It
  /// saves bytes and costs time and, with context takeover, memory for each connection.
  bool compress = false;
  /// How, if so.
  protocol::deflate_options deflate{};
  /// Unsent bytes above which the process is suspended, as by a blocking send ...
  std::size_t high_mark = 1'048'576;
  /// ... and below which it goes on.
  std::size_t low_mark = 65'536;
  /// Messages of other processes that may wait, and what happens beyond. Those of a
  /// topic that is busier than a slow handler or a slow peer would otherwise fill the
  /// memory.
  runtime::mailbox_limit mailbox{100'000, runtime::when_full::close};
  /// Whether exit signals become messages to handle_info from the start. Erlang's
  /// default: no.
  bool trap_exit = false;
};

/// Throws std::invalid_argument for the first option out of range.
void validate(const upgrade_options& options);

/// Of a server.
struct server_options {
  std::string host = "127.0.0.1"; // an address to listen on, IPv4 or IPv6
  std::uint16_t port = 4000;      // 0: one that is free; server::port() tells
  int backlog = 1'024;            // connections that the kernel may hold for accept
  /// A request head must be complete so long after its connection was accepted.
  std::chrono::milliseconds handshake_timeout{10'000};
  /// Upgraded connections; the next one gets 503. 0: 16,384 for each shard.
  std::size_t max_connections = 0;
  http::head_limits head{};
  /// For routes that bring no options of their own.
  upgrade_options connection{};
  /// How long `stop` waits for connections to close before it kills them.
  std::chrono::milliseconds drain_timeout{5'000};
  /// Of the node that the server makes for itself; 0: one per core.
  std::size_t shards = 0;
};

void validate(const server_options& options);

} // namespace websock
