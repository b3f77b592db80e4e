// Asks the epmd of a host for a node there.
#pragma once

#include "../../time/timer.hpp"
#include "../handshake/epmd_client.hpp"
#include "epmd_address.hpp"
#include "network.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace websock::runtime::distribution {

/// The node with its port, or why there is none.
using lookup_result = std::variant<epmd_node, epmd_error>;

/// One question, answered within the address's limit. Lives on one shard like a carrier.
/// Destroying it drops the answer. Source: erl_dist_protocol, PORT_PLEASE2_REQ.
class epmd_lookup final : private carrier::events, private timer {
public:
  using ready = std::function<void(lookup_result)>;

  /// Calls `done` once, never from within here; `done` may destroy this. `name` is what
  /// stands before the @. `sockets` is plain and outlives this. Throws
  /// std::invalid_argument for a name that epmd does not take.
  epmd_lookup(shard& home, network& sockets, epmd_address where, std::string name,
              ready done);
  ~epmd_lookup() override;
  epmd_lookup(const epmd_lookup&) = delete;
  epmd_lookup& operator=(const epmd_lookup&) = delete;

private:
  void received(std::string_view octets) override;
  void has_room() override {}
  void closed(std::string why) override;
  void expire(time_point now) override;
  void connected(dial_result result);
  void finish(lookup_result result);

  shard& home_;
  const epmd_address where_;
  const std::string name_;
  ready done_;
  std::unique_ptr<dialling> dialling_;
  std::unique_ptr<carrier> epmd_;
  epmd_question<epmd_node> question_;
};

} // namespace websock::runtime::distribution
