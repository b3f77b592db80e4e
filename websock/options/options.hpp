// Every limit and deadline, with its default and the reason for it. An invalid value is
// rejected at start-up with std::invalid_argument that names the option and the range.
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

/// The duration type of options: converts from any duration without overflow.
using milliseconds = runtime::saturated<std::chrono::milliseconds>;
using seconds = runtime::saturated<std::chrono::seconds>;

/// Options of the connections of one route.
struct upgrade_options {
  /// Closes a connection that has received nothing for this long (1001). Only inbound
  /// bytes count.
  milliseconds timeout{60'000};
  /// A message must be complete this long after it began, however slowly it trickles in
  /// (1008), unless it has grown by `message_progress`, which restarts the time.
  milliseconds message_timeout{60'000};
  /// In bytes, decompressed. With the defaults a message must arrive at 1.1 KB per
  /// second. 0: the whole message must arrive within `message_timeout`.
  std::size_t message_progress = 65'536;
  /// Sends a ping after receiving nothing for this long, so that a live peer does not run
  /// into `timeout`. 0: never. Unset: a client pings after a third of `timeout`, a server
  /// never.
  std::optional<milliseconds> ping_interval{};
  /// How long to wait for the peer's close frame after sending ours.
  milliseconds close_timeout{5'000};
  /// Ends a connection whose peer has accepted nothing for this long while data was
  /// waiting to be sent.
  milliseconds send_timeout{30'000};
  /// Limits on frames and messages, in bytes and fragments.
  protocol::message_limits limits{};
  /// Whether to negotiate permessage-deflate (RFC 7692) with a peer that wants it. Saves
  /// bytes, and costs time and, with context takeover, memory per connection.
  bool compress = false;
  /// Parameters when `compress` is set.
  protocol::deflate_options deflate{};
  /// The process is suspended, as by a blocking send, above this many unsent bytes ...
  std::size_t high_mark = 1'048'576;
  /// ... and resumed below this many.
  std::size_t low_mark = 65'536;
  /// How many messages from other processes may wait, and what happens beyond. Otherwise
  /// a topic busier than a slow handler or peer would fill the memory.
  runtime::mailbox_limit mailbox{.max_messages = 100'000,
                                 .policy = runtime::when_full::close};
  /// Whether exit signals become messages to handle_info from the start. As in Erlang,
  /// the default is no.
  bool trap_exit = false;
  /// The supported subprotocols, in order of preference. The first one that the client
  /// offers is chosen.
  std::vector<std::string> subprotocols{};
  /// Rejects a handshake without a common subprotocol (400). Otherwise the connection has
  /// none: RFC 6455 lets the client decide whether to accept that.
  bool require_subprotocol = false;
  /// The close code with which a drain closes these connections, for clients that
  /// understand only one. 0: that of the drain.
  std::uint16_t drain_code = 0;
  /// The pages from which browsers may connect; others get 403.
  http::origin_policy origin{};
  /// Additional headers of the 101, such as Set-Cookie.
  std::vector<std::pair<std::string, std::string>> headers{};
};

/// Throws std::invalid_argument for the first option out of range.
void validate(const upgrade_options& options);

/// Whether connections come through a proxy that names the client before any other data.
/// Optional use is not offered, as any client could then claim to be another.
enum class proxy_protocol : std::uint8_t {
  off,
  required, // version 1 or 2; a connection without it is closed
};

/// What happens to clients that connect while a server drains.
enum class newcomers : std::uint8_t {
  get_503, // the port stays open: upgrades get 503 and Retry-After, plain routes answer
  find_no_port // the port closes at once, for a successor that already listens on it
};

/// What `server::run` does with SIGHUP.
enum class hangup : std::uint8_t {
  reload_certificates, // with `tls`; otherwise SIGHUP is left alone
  left_alone           // as without a server: it ends the program by default
};

/// How the connections of a server are closed.
struct drain_options {
  /// Connections that have not closed by then are killed.
  milliseconds deadline{5'000};
  /// How many connections, over all shards, are asked to close at a time; 0: all. Clients
  /// that reconnect arrive spread out in the same way.
  std::size_t batch = 1'000;
  /// The longest pause between two batches of a shard; each pause is random. Pauses
  /// shrink so that the last batch is asked before half of the deadline.
  milliseconds jitter{100};
  /// 1001, going away, or 1012, service restart.
  std::uint16_t code = 1001;
  newcomers new_clients = newcomers::get_503;
};

void validate(const drain_options& options);

/// Options of one route that answers HTTP requests.
struct request_options {
  /// In bytes. Bodies up to this size are read before the route runs. 0: none is read; a
  /// request with a body is answered from its head alone, and then its socket closes.
  std::size_t body_limit = 0;
  /// For a route that may wait: a request that is not answered by then gets 503, and its
  /// process the exit signal `{shutdown, "timeout"}`.
  milliseconds answer_timeout{30'000};
};

/// Options of a server.
struct server_options {
  std::string host = "127.0.0.1"; // an address to listen on, IPv4 or IPv6
  std::uint16_t port = 4000;      // 0: any free port; server::port() returns it
  /// If set, the port serves only https and wss.
  std::optional<tls_options> tls{};
  /// Whether "::" excludes IPv4; by default it listens for both.
  bool ipv6_only = false;
  /// Lets several processes listen on the port; the kernel distributes connections to
  /// them.
  bool reuse_port = false;
  /// If set, listens on a Unix socket at this path instead of host and port. A file left
  /// by a dead server is replaced.
  std::string unix_path{};
  /// Permissions of the socket file: who may connect. By default only the server's user.
  unsigned unix_permissions = 0600;
  /// If set, an open listening socket, TCP or Unix, used with its own settings instead of
  /// host, port and unix_path; `inherited_sockets` returns those of a service manager.
  /// The server listens on a duplicate; the descriptor remains the caller's.
  std::optional<int> listen_descriptor{};
  /// Sends small frames at once instead of waiting for the peer's acknowledgement.
  bool tcp_nodelay = true;
  /// Enable only where no one but the proxy can connect, as its header is trusted.
  websock::proxy_protocol proxy_protocol = websock::proxy_protocol::off;
  /// Limit for a whole version 2 header. One of version 1 has 107 bytes at most.
  std::size_t max_proxy_header = 4'096;
  int backlog = 1'024; // connections that the kernel queues until they are accepted
  /// How long a request head may take: the first from when its connection was accepted,
  /// later ones from their first octet.
  milliseconds handshake_timeout{10'000};
  /// A request body must be complete this long after its head, however slowly it trickles
  /// in (408), unless it has grown by `body_progress`, which restarts the time.
  milliseconds body_timeout{10'000};
  /// In bytes, without framing. With the defaults a body must arrive at 1.6 KB per
  /// second. 0: the whole body must arrive within `body_timeout`.
  std::size_t body_progress = 16'384;
  /// In bytes: the bodies of all requests that are being read or answered. The next one
  /// that does not fit gets 503.
  std::size_t max_body_bytes = 67'108'864;
  /// The time between a response and the first octet of the next request. A response may
  /// take as long as the peer accepts some of it within each `connection.send_timeout`.
  milliseconds keep_alive_timeout{60'000};
  /// Upgraded connections; beyond it upgrades get 503. 0: 16,384 per shard.
  std::size_t max_connections = 0;
  /// Sockets that are not connections (yet). The next one replaces another: the one
  /// without a request for the longest time, of the client with the most sockets, so that
  /// neither slow clients nor a flood from one address keep others out. 0: 1,024 per
  /// shard.
  std::size_t max_handshakes = 0;
  /// The same for one client: an IPv4 address, or a /64 of IPv6. Its next socket replaces
  /// its own oldest. Not applied to Unix sockets. 0: half of max_handshakes.
  std::size_t max_handshakes_per_address = 0;
  /// Requests on one socket, which is closed after the last one so that no client keeps
  /// it for ever.
  std::size_t max_requests = 1'000;
  /// When a 503 tells clients to try again.
  seconds retry_after{5};
  http::head_limits head{};
  /// For routes without options of their own.
  upgrade_options connection{};
  /// How `run` ends on SIGINT and SIGTERM. `stop` uses only deadline and code, and asks
  /// all connections at once.
  drain_options drain{};
  /// How `run` handles SIGHUP.
  hangup on_hangup = hangup::reload_certificates;
  /// How often children that fail, including the listener, are restarted within
  /// `restart_period`; one more failure ends the server.
  std::size_t max_restarts = 3;
  milliseconds restart_period{5'000};
  /// For the node that the server creates itself; 0: one per processor that it may use.
  std::size_t shards = 0;
  /// How its shards wait for sockets. `uring` fails at start-up if the kernel lacks it.
  runtime::reactor_kind reactor = runtime::reactor_kind::automatic;
};

void validate(const server_options& options);
/// The same for a route of a server with the options `of`.
void validate(const request_options& options, const server_options& of);

/// Options of a client.
struct client_options {
  /// In order of preference; the server chooses one or none.
  std::vector<std::string> subprotocols{};
  /// Additional headers of the request: Authorization, Origin, Cookie.
  std::vector<std::pair<std::string, std::string>> headers{};
  /// Covers everything: name lookup, connecting, TLS, request and response.
  milliseconds connect_timeout{10'000};
  /// Which servers are trusted for a wss URL.
  tls_client_options tls{};
  /// If set, connects to this Unix socket instead of the URL's host and port.
  std::string unix_path{};
  /// In bytes: how much of a response the client buffers.
  std::size_t max_response_head = 16'384;
  /// How many redirects in a row to follow (301, 302, 303, 307, 308), all within
  /// connect_timeout. 0: none. Never from wss to ws. Another origin gets neither
  /// `headers` nor the certificate.
  std::size_t max_redirects = 0;
  /// For the established connection. Options that only a server decides on (subprotocols,
  /// require_subprotocol, headers, origin) must keep their defaults.
  upgrade_options connection{};
};

void validate(const client_options& options);

/// Options of a gateway, which serves connections that another HTTP server accepted.
struct gateway_options {
  /// For upgrades without options of their own.
  upgrade_options connection{};
  /// As for a server.
  std::size_t max_connections = 0;
  seconds retry_after{5};
  drain_options drain{};
};

void validate(const gateway_options& options);

} // namespace websock
