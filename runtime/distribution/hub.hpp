// A cluster as one node sees it: who this node is, which others it knows, and the shard
// on which all its connections live.
#pragma once

#include "../address/alias.hpp"
#include "../address/pid.hpp"
#include "../address/publication_route.hpp"
#include "../address/remote_gate.hpp"
#include "../log/log.hpp"
#include "../process/node.hpp"
#include "../process/shard.hpp"
#include "../term/exit_reason.hpp"
#include "../term/reference.hpp"
#include "../time/clock.hpp"
#include "carrier/epmd_registration.hpp"
#include "carrier/network.hpp"
#include "carrier/small_epmd.hpp"
#include "cluster_options.hpp"
#include "connection.hpp"
#include "etf/reader.hpp"
#include "exported_aliases.hpp"
#include "exported_processes.hpp"
#include "foreign_references.hpp"
#include "handshake/handshake.hpp"
#include "known_node.hpp"
#include "peer.hpp"
#include "refusal_log.hpp"
#include "terms/identities.hpp"
#include "topic_nodes.hpp"
#include "wire/control.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace websock::runtime::distribution {

/// How a hub reaches other nodes, and epmd.
struct hub_networks {
  std::shared_ptr<network> links; // to nodes, with TLS if it is wanted
  std::shared_ptr<network> plain; // to epmd
};

/// Shared by the cluster, by all pids of other nodes and by messages that have arrived.
/// After `close` it answers every signal as if no node could be reached.
class hub final : public identities,
                  public runtime::detail::remote_gate,
                  public runtime::detail::publication_route,
                  public arrival_judge,
                  private connection::events,
                  private listening::events,
                  private epmd_registration::events {
public:
  hub(node& owner, cluster_options options, cookie secret, hub_networks networks);
  ~hub() override;

  // Starting and stopping, on the shard of the connections.
  /// Throws what network::listen throws.
  void start();
  void close() noexcept;
  [[nodiscard]] bool is_closed() const noexcept { return is_closed_; }
  /// Calls `done` with what epmd says to the first registration: empty if all is well.
  void when_registered(std::function<void(std::string)> done);
  [[nodiscard]] std::uint16_t port() const noexcept { return listening_->port(); }

  // Any thread.
  [[nodiscard]] const std::string& name() const noexcept { return name_.text(); }
  [[nodiscard]] node& owner() const noexcept { return owner_; }
  [[nodiscard]] shard& home() const noexcept { return home_; }
  [[nodiscard]] const cluster_options& options() const noexcept { return options_; }
  [[nodiscard]] std::shared_ptr<hub> shared();
  void log(log_level level, const std::string& line) const noexcept;
  /// Throws std::length_error when more nodes are known than `most_nodes`.
  [[nodiscard]] known_node& find_node(const std::string& name);
  /// The same for a node that another one has mentioned, of which there may be fewer;
  /// above that `nowhere`.
  [[nodiscard]] known_node& find_mentioned(const std::string& name);
  [[nodiscard]] std::vector<known_node*> known_nodes() const;
  void export_name(std::string name);
  [[nodiscard]] bool exports(std::string_view name) const;
  /// Calls `work(peer&)` on the shard of the connections. If that throws, the node is
  /// given up; where there was no memory, the call is repeated then, so that it gets the
  /// answer of a node that can't be reached.
  template <class F>
  void post_to(known_node& node, F work);
  /// The same for a message of so many octets, which wait for the node until then.
  template <class F>
  void post_message(known_node& node, std::size_t octets, F work);
  /// Who sends: the process that has its turn on this thread, or the thread.
  [[nodiscard]] sender current_sender() const noexcept;
  [[nodiscard]] runtime::detail::process_block* running_process() const noexcept;
  [[nodiscard]] std::string encode(const term& message);
  [[nodiscard]] std::string encode(std::string_view topic, const term& message);
  [[nodiscard]] std::string encode_any(const exit_reason& why);
  /// Throws not_transmissible for a message that other nodes do not accept.
  void check_size(std::size_t octets) const;
  /// Whether a message of so many octets may wait for the node, beside those of its kind;
  /// counts it as dropped if not. Above high_mark that goes for threads; a process is
  /// suspended once this message is handled, and may send a little more until then. It is
  /// so earlier where it sends faster than the shard of the connections takes over.
  [[nodiscard]] bool admits(known_node& node, std::size_t octets);
  /// Octets on their way to the shard of the connections: memory that they leave behind
  /// is not that in which they wait for the peer.
  [[nodiscard]] std::size_t most_posted() const noexcept {
    return options_.high_mark / 4;
  }
  /// The reference of an alias that the node has made; nullopt for any other.
  [[nodiscard]] std::optional<etf::reference> foreign_alias(reference address,
                                                            const known_node& node) const;
  /// Throws std::invalid_argument for a process of another node.
  void watch_nodes(const pid& watcher);
  void unwatch_nodes(const pid& watcher);

  // identities.
  [[nodiscard]] etf::pid to_etf(const pid& who) override;
  [[nodiscard]] pid to_pid(const etf::pid& who) override;
  [[nodiscard]] etf::reference to_etf(reference name) override;
  [[nodiscard]] reference to_reference(const etf::reference& name) override;
  [[nodiscard]] etf::reference to_etf(const alias& address) override;
  [[nodiscard]] alias to_alias(const etf::reference& address) override;

  // remote_gate.
  [[nodiscard]] std::string_view node_name() const noexcept override { return name(); }
  void send(const name_at& to, const pid& from, term message) override;
  void send_request(const name_at& to, const pid& caller, reference id,
                    term request) override;
  void monitor(const name_at& to, const pid& watcher, reference ref) override;
  void demonitor(const name_at& to, const pid& watcher, reference ref) override;
  void lose(const name_at& to) noexcept override;

  // publication_route.
  [[nodiscard]] std::unique_ptr<runtime::detail::departing_publication>
  departing(std::string_view topic, const term& message) override;
  /// Takes any name: connects to the node if need be.
  [[nodiscard]] bool publish_at(const std::string& where, std::string_view topic,
                                const term& message) override;

  // For peers, on the shard of the connections.
  [[nodiscard]] network& links() noexcept { return *networks_.links; }
  [[nodiscard]] network& plain_network() noexcept { return *networks_.plain; }
  [[nodiscard]] handshake_self itself() const;
  [[nodiscard]] handshake_options handshakes() const noexcept;
  [[nodiscard]] connection_options connection_limits() const;
  [[nodiscard]] etf::limits term_limits() const noexcept;
  [[nodiscard]] duration pause_after(std::size_t failures);
  /// Why its processes can't be reached.
  [[nodiscard]] exit_reason::kind absence_of(const known_node& node) const noexcept;
  void node_is_up(peer& which, const handshake_success& with);
  void log_loss(const std::string& node, const std::string& why) const noexcept;
  /// Who hears of nodes.
  [[nodiscard]] std::vector<pid> watchers() const;
  /// How many octets may wait for a node before it is given up.
  [[nodiscard]] std::size_t most_unsent() const noexcept;
  /// The pid, or the reference, as others know it; the node's name is a view of ours.
  [[nodiscard]] pid_view local_view(const pid& who);
  [[nodiscard]] reference_view local_view(reference name) const noexcept;
  [[nodiscard]] pid exported(const pid_view& who) const;
  [[nodiscard]] alias exported_alias(const reference_view& name) const;
  [[nodiscard]] reference local_reference(const reference_view& name) const noexcept;
  [[nodiscard]] reference make_reference() { return home_.make_reference(); }
  void write(peer& to, const control::message& what);
  void write(peer& to, const control::message& what, const exit_reason& why);
  /// {'$gen_call', From, {is_auth, Node}}: "yes". Source: net_kernel, net_adm:ping/1.
  void answer_ping(etf::reader request);
  /// The nodes whose announcement has arrived on the connection that there is.
  [[nodiscard]] topic_nodes& sharing_nodes() noexcept { return topic_nodes_; }
  void announce_topics(peer& to);
  /// What has arrived under topics_name.
  void take_topic_message(known_node& from, etf::reader what);

  /// The name of what no node has.
  static constexpr std::string_view nowhere = "nonode@nohost";

private:
  static constexpr std::size_t most_nodes = 4'096;
  static constexpr std::size_t most_mentioned = 3'072;    // of the nodes
  static constexpr std::size_t most_signals = 16'777'216; // octets, of what is no message
  static constexpr std::size_t most_above_mark = 4'194'304; // octets, of processes

  // arrival_judge.
  [[nodiscard]] arrival arrives(const handshake_peer& peer) override;
  [[nodiscard]] bool is_still_wanted(const distribution::node_name& peer) override;
  // Of connections that others have made, until they are a peer's.
  void established(connection& which, const handshake_success& with) override;
  void received(connection&, const received_message&) override {}
  void has_room(connection&) override {}
  void lost(connection& which, std::string_view why,
            std::optional<handshake_failure> failure) override;
  // listening.
  void accepted(std::unique_ptr<carrier> link, stranger_place place) override;
  void troubled(std::string why) override;
  // epmd_registration.
  void registered(std::uint32_t creation) override;
  void unregistered(epmd_error why) override;

  template <class F>
  class posted;
  struct stranger {
    std::unique_ptr<connection> made;
    stranger_place place;
  };
  [[nodiscard]] stranger take_stranger(const connection& which);
  void start_epmd();
  void serve_as_epmd();
  [[nodiscard]] known_node& find_below(std::size_t most, std::string_view name);
  [[nodiscard]] known_node* node_after(const known_node* one) const noexcept;
  [[nodiscard]] bool is_ours(std::string_view node,
                             std::uint32_t creation) const noexcept;

  node& owner_;
  shard& home_;
  const cluster_options options_;
  const distribution::node_name name_;
  const cookie secret_;
  const std::uint32_t creation_;
  hub_networks networks_;

  mutable std::mutex mutex_; // guards the next three
  std::map<std::string, std::unique_ptr<known_node>, std::less<>> nodes_;
  std::set<std::string, std::less<>> exported_names_;
  std::set<pid> watchers_;

  exported_processes exported_;
  exported_aliases aliases_;
  foreign_references foreign_;
  topic_nodes topic_nodes_;

  // On the shard of the connections.
  std::unique_ptr<listening> listening_;
  std::unique_ptr<small_epmd> small_epmd_;
  std::unique_ptr<epmd_registration> registration_;
  std::function<void(std::string)> when_registered_;
  std::vector<stranger> strangers_;
  refusal_log refusals_;
  std::minstd_rand random_;
  std::atomic<bool> is_closed_{false}; // written there only
};

/// A signal on its way to a peer.
template <class F>
class hub::posted final : public runtime::detail::shard_task {
public:
  posted(std::shared_ptr<hub> owner, known_node& node, F work)
      : shard_task(runtime::detail::signal_kind::control), hub_(std::move(owner)),
        node_(node), work_(std::move(work)) {}
  void run(shard& home) override {
    try {
      work_(node_.its_peer());
      delete this;
    } catch (const std::bad_alloc&) {
      node_.its_peer().disconnect("there was no memory for a signal");
      home.post_task(*this);
    } catch (...) {
      home.log_thrown("cluster: a signal");
      node_.its_peer().disconnect("a signal could not be sent");
      delete this;
    }
  }
  void dispose() noexcept override { delete this; }

private:
  ~posted() = default;

  const std::shared_ptr<hub> hub_;
  known_node& node_;
  F work_;
};

template <class F>
void hub::post_to(known_node& node, F work) {
  home_.post_task(*new posted<F>(shared(), node, std::move(work)));
}

template <class F>
void hub::post_message(known_node& node, std::size_t octets, F work) {
  posted_octets counted(node.figures().of_size(octets), octets);
  post_to(node, [counted = std::move(counted), work = std::move(work)](peer& to) mutable {
    counted.take(); // before it waits there
    work(to);
  });
}

} // namespace websock::runtime::distribution
