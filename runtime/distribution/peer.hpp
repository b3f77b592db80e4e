// What this node has to do with one other: whether it is connected, what waits for that,
// and the ties between processes of the two.
#pragma once

#include "../address/pid.hpp"
#include "../address/system_message.hpp"
#include "../term/exit_reason.hpp"
#include "../term/reference.hpp"
#include "../time/timer.hpp"
#include "carrier/epmd_lookup.hpp"
#include "carrier/network.hpp"
#include "connection.hpp"
#include "lost_ties.hpp"
#include "peer_ties.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace websock::runtime::distribution {

class hub;
class known_node;
class signal_intake;

/// Whether signals for a node have a way to it.
enum class peer_phase : std::uint8_t {
  idle,       // no connection; the first signal starts a connect
  connecting, // signals wait for its outcome
  connected,
  parting, // a connect has failed, or the connection is lost: signals fail at once, and
           // the processes that were tied to the node hear of it, part by part
  pausing, // all have heard of it; signals still fail at once
  closed,  // for good: the cluster is over, or this is a former life of our own node
};

/// Lives on the shard of the connections, and as long as the hub. `to` is a process of
/// the node, `from`, `watcher` and `caller` are local. Signals of one sender leave in
/// order.
class peer final : private connection::events, private timer {
public:
  peer(hub& owner, known_node& node);
  ~peer() override;

  // What local processes do to those of the node; remote_process says it.
  void send(sender by, const pid& to, std::string payload);
  void send_to_name(sender by, const pid& from, std::string name, std::string payload);
  void send_to_alias(sender by, const pid& from, const etf::reference& to,
                     std::string payload);
  /// Unless it is not connected any more, or shares no topics. Its octets are counted as
  /// waiting by the caller.
  void publish(sender by, const std::string& publication);
  void link(const pid& from, const pid& to);
  void unlink(const pid& from, const pid& to);
  void end_link(const pid& from, const pid& to, std::string reason);
  void acknowledge_unlink(const pid& from, const pid& to, std::uint64_t id);
  void monitor(reference ref, outgoing_monitor made);
  void demonitor(reference ref);
  void end_monitor(reference ref, std::string reason);
  void exit(const pid& from, const pid& to, std::string reason);
  /// For a request, whose monitor has been set up as `id`: void when that has ended.
  void expect_reply(reference id, const pid& caller);
  /// Answers a signal of the node, if it is still connected.
  void write(const control::message& what, std::string payload);

  // The connection.
  /// The fixed port of a node that is to be connected at all times; 0: epmd knows it.
  void keep_connected(std::uint16_t port);
  /// Connects, unless it is connected, connecting or pausing.
  void connect();
  [[nodiscard]] relation its_relation() const noexcept;
  /// The node has connected to us.
  void adopt(std::unique_ptr<connection> made, const handshake_success& with);
  void disconnect(std::string_view why) noexcept;
  /// The same, from any thread. Takes no memory, as there may have been none for a
  /// signal.
  void give_up() noexcept;
  /// For good; answers everything that is tied to the node.
  void close() noexcept;
  [[nodiscard]] peer_phase phase() const noexcept { return phase_; }
  [[nodiscard]] known_node& node() noexcept { return node_; }
  [[nodiscard]] std::size_t tied() const noexcept { return ties_.size(); }

private:
  using signal = std::function<void(connection&)>;
  class telling;
  class giving_up;

  [[nodiscard]] bool reaches();
  [[nodiscard]] bool takes_over();
  /// `octets` is that of a message, and 0 for other signals; `reason` is what else the
  /// signal carries.
  template <class F>
  void pass(std::size_t octets, F what, std::size_t reason = 0);

  void dial();
  void dial_port(std::uint16_t port);
  void dialled(dial_result result);
  void connect_failed(std::string_view why) noexcept;
  void note_failure(std::string_view why);
  void use(std::unique_ptr<connection> made, const handshake_success& with);
  void wait_for_connection(signal what, std::size_t octets, std::size_t reason);
  [[nodiscard]] std::size_t take_backlog() noexcept;
  void drop_backlog() noexcept;
  void hold_to_limit();
  void part(exit_reason::kind why) noexcept;
  void part_connection(std::string_view why) noexcept;
  void tell_part(std::size_t most) noexcept;
  [[nodiscard]] bool tell_watchers(std::size_t most);
  void parted();
  [[nodiscard]] bool finish_telling() noexcept;
  void publish_figures();
  void publish_backlog() noexcept;

  void established(connection& which, const handshake_success& with) override;
  void received(connection& which, const received_message& what) override;
  void has_room(connection& which) override;
  void lost(connection& which, std::string_view why,
            std::optional<handshake_failure> failure) override;
  void expire(time_point now) override;

  hub& hub_;
  known_node& node_;
  peer_phase phase_ = peer_phase::idle;
  bool is_kept_ = false;
  std::uint16_t fixed_port_ = 0;
  std::size_t failures_ = 0; // in a row
  std::string last_failure_; // logged once
  std::unique_ptr<epmd_lookup> lookup_;
  std::unique_ptr<dialling> dialling_;
  std::unique_ptr<connection> dialled_; // shaking hands
  std::unique_ptr<connection> connection_;
  std::vector<signal> backlog_;    // while connecting
  std::size_t backlog_octets_ = 0; // of small messages, with what is around them
  std::size_t backlog_large_ = 0;  // of large ones
  std::size_t backlog_rest_ = 0;   // of other signals
  std::size_t backlog_messages_ = 0;
  std::uint64_t past_octets_sent_ = 0;
  std::uint64_t past_octets_received_ = 0;
  peer_ties ties_;
  lost_ties lost_;       // while parting
  bool is_down_ = false; // node_down is to be told
  bool is_closing_ = false;
  std::string down_why_;
  const std::unique_ptr<telling> telling_;
  const std::unique_ptr<giving_up> giving_up_;
};

} // namespace websock::runtime::distribution
