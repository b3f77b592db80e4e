// Every limit and deadline, with its default and why. A wrong value is refused at
// start-up with std::invalid_argument that names the option and the range.
#pragma once

#include "runtime/mailbox_limit.hpp"
#include "websock/http/head_parser.hpp"
#include "websock/protocol/message_limits.hpp"
#include "websock/tls_options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
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

/// Whether connections come through a proxy that says who the client is, before
/// everything else. There is no "if it does": then every client could say it.
enum class proxy_protocol : std::uint8_t {
  off,
  required, // version 1 or 2; a connection without it is closed
};

/// Of a server.
struct server_options {
  std::string host = "127.0.0.1"; // an address to listen on, IPv4 or IPv6
  std::uint16_t port = 4000;      // 0: one that is free; server::port() tells
  /// Set: https and wss only on this port.
  std::optional<tls_options> tls{};
  /// Whether "::" leaves IPv4 alone; by default it listens for both.
  bool ipv6_only = false;
  /// Several processes may listen on the port; the kernel deals connections to them.
  bool reuse_port = false;
  /// Set: a Unix socket at this path instead of host and port. A file that a dead server
  /// left is replaced.
  std::string unix_path{};
  /// Of the file: who may connect. By default the server's own user.
  unsigned unix_permissions = 0600;
  /// Sends small frames at once instead of waiting for the peer's acknowledgement.
  bool tcp_nodelay = true;
  /// Only where none but the proxy can connect: it is believed.
  websock::proxy_protocol proxy_protocol = websock::proxy_protocol::off;
  /// Of a version 2 header with all it carries. Version 1 has 107 bytes at most.
  std::size_t max_proxy_header = 4'096;
  int backlog = 1'024; // connections that the kernel may hold for accept
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
