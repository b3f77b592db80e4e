// Every limit and deadline, with its default and why. A wrong value is refused at
// start-up with std::invalid_argument that names the option and the range.
#pragma once

#include "websock/http/head_limits.hpp"
#include "websock/http/origin.hpp"
#include "websock/protocol/deflate_options.hpp"
#include "websock/protocol/message_limits.hpp"
#include "websock/runtime/mailbox/mailbox_limit.hpp"
#include "websock/runtime/reactor/reactor_kind.hpp"
#include "websock/runtime/time/deadline.hpp"
#include "websock/tls/tls_options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace websock {

/// Of options: made of any duration, and never of one that has overflowed.
using milliseconds = runtime::saturated<std::chrono::milliseconds>;
using seconds = runtime::saturated<std::chrono::seconds>;

/// Of the connections of one route.
struct upgrade_options {
  /// Closes a connection from which nothing came for so long (1001). Only inbound bytes
  /// count.
  milliseconds timeout{60'000};
  /// A message that has begun must be complete by then, however it dribbles in (1008), or
  /// have grown by `message_progress`, which gives it as much time again.
  milliseconds message_timeout{60'000};
  /// In bytes, inflated. With the defaults a message must come at 1.1 KB a second. 0: it
  /// has `message_timeout` in all.
  std::size_t message_progress = 65'536;
  /// Sends a ping when nothing came for so long, so that a peer that is there keeps the
  /// connection from `timeout`. 0: never. Unset: a client pings after a third of
  /// `timeout`, a server never.
  std::optional<milliseconds> ping_interval{};
  /// How long to wait for the peer's close frame after ours.
  milliseconds close_timeout{5'000};
  /// Ends a connection whose peer took nothing for so long while there was something to
  /// send.
  milliseconds send_timeout{30'000};
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
  runtime::mailbox_limit mailbox{.max_messages = 100'000,
                                 .policy = runtime::when_full::close};
  /// Whether exit signals become messages to handle_info from the start. Erlang's
  /// default: no.
  bool trap_exit = false;
  /// Subprotocols spoken here, most wanted first. The first that a client offers is
  /// agreed on.
  std::vector<std::string> subprotocols{};
  /// Refuses a handshake without a subprotocol in common (400). Otherwise it goes on with
  /// none: RFC 6455 lets the client decide whether that will do.
  bool require_subprotocol = false;
  /// The pages from which browsers may connect; others get 403.
  http::origin_policy origin{};
  /// More headers of the 101, such as Set-Cookie.
  std::vector<std::pair<std::string, std::string>> headers{};
};

/// Throws std::invalid_argument for the first option out of range.
void validate(const upgrade_options& options);

/// Whether connections come through a proxy that says who the client is, before
/// everything else. There is no "if it does": then every client could say it.
enum class proxy_protocol : std::uint8_t {
  off,
  required, // version 1 or 2; a connection without it is closed
};

/// What becomes of clients that come while a server drains.
enum class newcomers : std::uint8_t {
  get_503, // the port stays open: upgrades get 503 and Retry-After, plain routes answer
  find_no_port // the port is closed at once: for a successor that listens on it already
};

/// What `server::run` does with SIGHUP.
enum class hangup : std::uint8_t {
  reload_certificates, // with `tls`; without it, SIGHUP is left alone
  left_alone           // as if there were no server: it ends the program by default
};

/// How the connections of a server are closed.
struct drain_options {
  /// What has not closed by then is killed.
  milliseconds deadline{5'000};
  /// Connections that are asked to close at once, over all shards; 0: all of them.
  /// Clients that come back come as spread as they were sent away.
  std::size_t batch = 1'000;
  /// The most that passes between two batches of a shard; each pause is random. Pauses
  /// shrink so that the last batch is asked before half of the deadline.
  milliseconds jitter{100};
  /// 1001, going away, or 1012, service restart.
  std::uint16_t code = 1001;
  newcomers new_clients = newcomers::get_503;
};

void validate(const drain_options& options);

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
  /// Set: a socket of somebody else that listens already, TCP or Unix, instead of host,
  /// port and unix_path, and with its options: `inherited_sockets` has those of a service
  /// manager. The server listens on a duplicate; the descriptor remains the caller's.
  std::optional<int> listen_descriptor{};
  /// Sends small frames at once instead of waiting for the peer's acknowledgement.
  bool tcp_nodelay = true;
  /// Only where none but the proxy can connect: it is believed.
  websock::proxy_protocol proxy_protocol = websock::proxy_protocol::off;
  /// Of a version 2 header with all it carries. Version 1 has 107 bytes at most.
  std::size_t max_proxy_header = 4'096;
  int backlog = 1'024; // connections that the kernel may hold for accept
  /// A request head must be complete so long after its connection was accepted, or, of a
  /// later one, after its first octet.
  milliseconds handshake_timeout{10'000};
  /// Between a response and the first octet of the next request. A response itself may
  /// take as long as its peer takes something of it each `connection.send_timeout`.
  milliseconds keep_alive_timeout{60'000};
  /// Upgraded connections; the next one gets 503. 0: 16,384 for each shard.
  std::size_t max_connections = 0;
  /// Sockets that are no connections (yet). The next one ends, of the client that has
  /// most of them, the one that has been there longest without a request, so that neither
  /// slow clients nor a flood from one address keep others out. 0: 1,024 for each shard.
  std::size_t max_handshakes = 0;
  /// Of these, those of one client: an IPv4 address, or a /64 of IPv6. Its next one ends
  /// its own that has been there longest. Not of Unix sockets. 0: half of max_handshakes.
  std::size_t max_handshakes_per_address = 0;
  /// Requests on one socket; after the last one it is closed, so that nobody stays for
  /// ever.
  std::size_t max_requests = 1'000;
  /// What a 503 tells clients about when to come again.
  seconds retry_after{5};
  http::head_limits head{};
  /// For routes that bring no options of their own.
  upgrade_options connection{};
  /// How `run` ends on SIGINT and SIGTERM. Of it `stop` takes deadline and code, and asks
  /// all at once.
  drain_options drain{};
  /// Of `run`.
  hangup on_hangup = hangup::reload_certificates;
  /// Children that fail, the listener among them, are started again so often within
  /// `restart_period`; one failure more is no accident, and ends the server.
  std::size_t max_restarts = 3;
  milliseconds restart_period{5'000};
  /// Of the node that the server makes for itself; 0: one per processor that it may use.
  std::size_t shards = 0;
  /// How its shards wait for sockets. `uring` fails at start where the kernel has none.
  runtime::reactor_kind reactor = runtime::reactor_kind::automatic;
};

void validate(const server_options& options);

/// Of a client.
struct client_options {
  /// In order of preference; the server chooses one of them or none.
  std::vector<std::string> subprotocols{};
  /// Further headers of the request: Authorization, Origin, Cookie.
  std::vector<std::pair<std::string, std::string>> headers{};
  /// For everything together: name, connect, TLS, request and answer.
  milliseconds connect_timeout{10'000};
  /// Who is trusted to answer a wss URL.
  tls_client_options tls{};
  /// Connects there instead of to the host and port of the URL.
  std::string unix_path{};
  /// The server's answer, in bytes: what a peer may make the client hold.
  std::size_t max_response_head = 16'384;
  /// Redirects that are followed (301, 302, 303, 307, 308), one after the other, all
  /// within connect_timeout. 0: none. Never from wss to ws; to another origin without
  /// `headers` and without the certificate.
  std::size_t max_redirects = 0;
  /// Of the connection once it is there. What only a server decides on (subprotocols,
  /// require_subprotocol, headers, origin) must be left alone.
  upgrade_options connection{};
};

void validate(const client_options& options);

/// Of a gateway, which serves connections that another HTTP server accepted.
struct gateway_options {
  /// For upgrades that bring no options of their own.
  upgrade_options connection{};
  /// As of a server.
  std::size_t max_connections = 0;
  seconds retry_after{5};
  drain_options drain{};
};

void validate(const gateway_options& options);

} // namespace websock
