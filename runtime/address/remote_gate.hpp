// The node's way to names on other nodes, which the distribution provides.
#pragma once

#include "../term/reference.hpp"
#include "../term/term.hpp"
#include "name_at.hpp"
#include "pid.hpp"

#include <string_view>

namespace websock::runtime::detail {

/// What a node has while it is part of a cluster. `to` is always a name on another node.
/// Threads, order, memory and lost connections are as for remote_process: nothing arrives
/// from within these functions, and without a connection a monitor is answered with
/// `noconnection` while messages vanish.
class remote_gate {
public:
  remote_gate() noexcept = default;
  remote_gate(const remote_gate&) = delete;
  remote_gate& operator=(const remote_gate&) = delete;

  /// The name of this node, as in "chat@host". Valid as long as the gate.
  [[nodiscard]] virtual std::string_view node_name() const noexcept = 0;
  /// `from` is empty when a thread sends. Throws not_transmissible. Source:
  /// erl_dist_protocol, REG_SEND.
  virtual void send(const name_at& to, const pid& from, term message) = 0;
  /// As remote_process::send_request; `caller` monitors `to` as `id` already.
  virtual void send_request(const name_at& to, const pid& caller, reference id,
                            term request) = 0;
  /// Answered by at most one `monitored_exit(watcher, down{ref, {}, to.name, reason,
  /// to.node})`. Source: MONITOR_P.
  virtual void monitor(const name_at& to, const pid& watcher, reference ref) = 0;
  /// Source: DEMONITOR_P.
  virtual void demonitor(const name_at& to, const pid& watcher, reference ref) = 0;
  /// As remote_process::lose, for the connection to `to.node`.
  virtual void lose(const name_at& to) noexcept = 0;

protected:
  virtual ~remote_gate() = default;
};

} // namespace websock::runtime::detail
