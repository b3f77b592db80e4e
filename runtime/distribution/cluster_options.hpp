// Every option of a cluster, with its default and the reason for it.
#pragma once

#include "../time/deadline.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace websock::runtime {

/// TLS between nodes: both ends show a certificate, and each checks that the other's is
/// issued by `ca_file` and names the host of its node.
struct cluster_tls {
  std::string certificate_file; // PEM, followed by its chain
  std::string key_file;         // PEM, without a passphrase
  std::string ca_file;          // PEM
};

/// Who tells the port of a node by its name.
enum class port_mapper : std::uint8_t {
  epmd,    // the host's epmd; one of our own where none runs
  no_epmd, // nobody: `port` is fixed, and `nodes` say the others' ports
};

/// Options of a cluster. Its constructor throws std::invalid_argument, naming the option
/// and the range, for a value out of range.
struct cluster_options {
  /// Name and host of this node: "chat@10.0.0.7". The host is how other nodes reach it.
  std::string name;
  /// The file that holds the secret which all nodes share. Nobody but its owner may be
  /// able to read it. Source: ~/.erlang.cookie.
  std::string cookie_file{};
  /// The environment variable that holds the secret, instead of `cookie_file`.
  std::string cookie_variable{};
  /// The address to listen on. Any other than a loopback address needs `tls`.
  std::string address = "127.0.0.1";
  std::uint16_t port = 0; // 0: any free port, for other nodes to ask epmd for
  std::optional<cluster_tls> tls{};
  port_mapper ports = port_mapper::epmd;
  std::uint16_t epmd_port = 4369;
  /// The nodes to connect to, and to connect to again: "chat@10.0.0.8", or with a fixed
  /// port "chat@10.0.0.8:9100". Others are connected when something is sent to them.
  std::vector<std::string> nodes{};
  /// Whether other nodes count this one among `nodes()`. A visible node is expected to
  /// take part in what Erlang's `global` and `net_kernel` do among all visible nodes;
  /// this one does not.
  bool visible = false;
  /// Whether pubsub::broadcast reaches subscribers on the connected nodes that share
  /// their topics too, and theirs those here.
  bool shares_topics = true;
  /// The names of processes that other nodes may use. A process whose pid another node
  /// was given may be used by all.
  std::vector<std::string> exported_names{};
  /// A connection on which nothing arrives for this long is lost. Something is sent at
  /// least every quarter of it. Must be the same on all nodes.
  /// Source: kernel's net_ticktime.
  saturated<std::chrono::milliseconds> net_ticktime{60'000};
  /// How long connecting may take, handshakes included. Source: kernel's net_setuptime.
  saturated<std::chrono::milliseconds> connect_timeout{7'000};
  /// The pause before a node of `nodes` is tried again doubles from the first to the
  /// second of these; each is shortened by a random part of up to a half.
  saturated<std::chrono::milliseconds> least_pause{500};
  saturated<std::chrono::milliseconds> longest_pause{30'000};
  /// Processes that send to a node are suspended while more unsent octets than this wait
  /// for it; what other threads send meanwhile is dropped and counted. Messages above
  /// 64 KiB are counted apart from all others, which pass between their fragments.
  /// Signals and requests are never dropped: a node is given up when 20 MiB more than
  /// this wait, and a message of message_size from each shard.
  std::size_t high_mark = 8'388'608;
  /// Processes go on below this.
  std::size_t low_mark = 4'194'304;
  /// The largest message that is sent or accepted, in octets.
  std::size_t message_size = 16'777'216;
  /// How deep terms may be nested.
  std::size_t term_depth = 64;
};

namespace distribution {

/// Throws std::invalid_argument for the first option out of range.
void validate(const cluster_options& options);

/// A name of `cluster_options::nodes`, with the fixed port behind it; 0 if it has none.
struct named_node {
  std::string name;
  std::uint16_t port = 0;
};
[[nodiscard]] named_node parse_named_node(const std::string& text);

} // namespace distribution
} // namespace websock::runtime
