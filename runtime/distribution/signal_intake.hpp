// What arrives from another node, on its way to the local processes.
#pragma once

#include "../address/pid.hpp"
#include "etf/reader.hpp"
#include "peer_ties.hpp"
#include "wire/control.hpp"
#include "wire/packet_decoder.hpp"

#include <string>
#include <string_view>

namespace websock::runtime::distribution {

class hub;
class peer;

/// Lives as long as one signal is looked at, on the shard of the connections.
class signal_intake {
public:
  signal_intake(hub& owner, peer& from, peer_ties& ties) noexcept
      : hub_(owner), peer_(from), ties_(ties) {}

  /// Throws etf::malformed for a signal that no node may send.
  void take(const received_message& what);

  // One for each operation.
  void operator()(const control::send& what);
  void operator()(const control::send_sender& what);
  void operator()(const control::reg_send& what);
  void operator()(const control::alias_send& what);
  void operator()(const control::link& what);
  void operator()(const control::unlink& what);
  void operator()(const control::unlink_id& what);
  void operator()(const control::unlink_id_ack& what);
  void operator()(const control::exit& what);
  void operator()(const control::exit2& what);
  void operator()(const control::monitor& what);
  void operator()(const control::demonitor& what);
  void operator()(const control::monitor_exit& what);
  void operator()(const control::spawn_request& what);
  void operator()(const control::group_leader&) {}
  void operator()(const control::spawn_reply&) {}
  void operator()(const control::unknown& what);

private:
  /// A process of this node; empty if there is none, or no other node was given its pid.
  [[nodiscard]] pid local(const pid_view& who) const;
  /// A process of the peer. Throws etf::malformed for one of any other node.
  [[nodiscard]] pid remote(const pid_view& who) const;
  [[nodiscard]] pid named(std::string_view name) const;
  [[nodiscard]] etf::reader payload() const;
  void deliver(const pid& to);
  [[nodiscard]] bool answers_request();
  void refuse_link(const pid_view& from, const pid_view& to);

  hub& hub_;
  peer& peer_;
  peer_ties& ties_;
  const received_message* what_ = nullptr;
};

} // namespace websock::runtime::distribution
