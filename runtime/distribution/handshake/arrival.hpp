// What to do with a node that connects to us when we may know it already: the statuses of
// the handshake, and what decides between simultaneous connects.
#pragma once

#include "capabilities.hpp"
#include "node_name.hpp"

#include <cstdint>

namespace websock::runtime::distribution {

/// The other node, as it describes itself.
struct handshake_peer {
  node_name name;
  capabilities
      flags; // what it offers; until the handshake is over, maybe the low 32 bits alone
  std::uint32_t creation = 0; // 0 until it is known
};

/// How the handshake goes on (erl_dist_protocol, send_status).
enum class arrival {
  ok,
  ok_simultaneous, // goes on; our own attempt to connect to that node ends
  nok,             // does not go on: our own attempt does
  not_allowed,
  alive, // a connection is up: the peer says whether the new one replaces it
};

/// What we have with a node already.
enum class relation {
  none,
  connecting, // we have begun a handshake with it
  connected,
};

/// What the protocol says about a node that connects to us: of two that connect to each
/// other at the same time, the attempt of the greater name wins.
[[nodiscard]] inline arrival decide(relation with_peer, const node_name& us,
                                    const node_name& peer) noexcept {
  if (with_peer == relation::connected)
    return arrival::alive;
  if (with_peer == relation::none)
    return arrival::ok;
  return us > peer ? arrival::nok : arrival::ok_simultaneous;
}

/// What a handshake asks the owner of all connections. Both are called from within
/// `handshake::feed`, and must not touch that handshake.
class arrival_judge {
public:
  virtual ~arrival_judge() = default;

  /// Accepting: a node gives this name. It has not shown that it knows the cookie, so
  /// nothing that it could break should end before the handshake has: neither our own
  /// attempt on `ok_simultaneous` (a true peer answers that with `nok`) nor the old
  /// connection on `alive`.
  [[nodiscard]] virtual arrival arrives(const handshake_peer& peer) = 0;
  /// Connecting: the peer believes that it is connected to us. True if we know of no
  /// connection, and the new one is to replace it.
  [[nodiscard]] virtual bool is_still_wanted(const node_name& peer) = 0;
};

} // namespace websock::runtime::distribution
