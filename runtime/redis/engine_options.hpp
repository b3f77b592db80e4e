// Every option of pub/sub through Redis, with its default and the reason for it.
#pragma once

#include "../time/deadline.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace websock::runtime::redis {

/// TLS to Redis, whose certificate must name the host.
struct engine_tls {
  std::string ca_file;               // PEM: who issues Redis's certificate
  std::string certificate_file{};    // PEM, if Redis asks for one: tls-auth-clients
  std::string key_file{};            // PEM, without a passphrase
  std::string certificate_host = {}; // whom the certificate must name; empty: `host`
};

/// Options of an engine. Its constructor throws std::invalid_argument, naming the option
/// and the range, for a value out of range.
struct engine_options {
  /// Name of this node among those that use the same Redis: "chat-1".
  std::string name;
  std::string host = "127.0.0.1";
  std::uint16_t port = 6379;
  /// The path of Redis's Unix socket, instead of host and port.
  std::string unix_socket{};
  /// The user that `password` belongs to; empty: Redis's `default`.
  std::string user{};
  /// Empty: Redis asks for none. It never gets into the log.
  std::string password{};
  std::uint16_t database = 0; // nodes that use another one do not hear each other
  std::optional<engine_tls> tls{};
  /// What the names of keys and of the channel begin with.
  std::string prefix = "websock";
  /// How long connecting may take, TLS and log-in included.
  saturated<std::chrono::milliseconds> connect_timeout{5'000};
  /// Each connection sends PING after this, and each node a sign of life. Should be the
  /// same on all nodes: one that is silent for five times as long is away.
  saturated<std::chrono::milliseconds> ping_interval{1'000};
  /// A connection on which nothing arrives for so long after a PING is given up. Pauses
  /// of the shard do not count.
  saturated<std::chrono::milliseconds> ping_timeout{2'000};
  /// The pause before connecting again doubles from the first to the second of these;
  /// each is shortened by a random part of up to a half.
  saturated<std::chrono::milliseconds> least_pause{100};
  saturated<std::chrono::milliseconds> longest_pause{5'000};
  /// Publications are dropped, and counted, while more unsent octets than this wait.
  std::size_t output_limit = 8'388'608;
  /// The largest publication that is sent or accepted, in octets.
  std::size_t message_size = 16'777'216;
  /// How deep terms may be nested.
  std::size_t term_depth = 64;
  /// Keeps what topics with a history publish in streams of Redis, so that a node that
  /// was started anew knows it too. Must be the same on all nodes.
  bool history = false;
};

/// Throws std::invalid_argument for the first option out of range.
void validate(const engine_options& options);

/// Where Redis is, for people: "127.0.0.1 port 6379".
[[nodiscard]] std::string address_of(const engine_options& options);

} // namespace websock::runtime::redis
