// What is left of the ties with a node that is gone, until everybody has heard of it.
#pragma once

#include "../address/pid.hpp"
#include "../term/exit_reason.hpp"
#include "../term/reference.hpp"
#include "../term/term.hpp"
#include "link_table.hpp"
#include "monitor_table.hpp"
#include "peer_ties.hpp"

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace websock::runtime::distribution {

/// Tells the local processes, links first, that the node is gone, and its watchers last.
/// On the shard of the connections.
class lost_ties {
public:
  /// Takes over the ties, which are empty then. Only when all is told. `node` outlives
  /// this.
  void begin(peer_ties& ties, exit_reason::kind why, std::string_view node) noexcept;
  /// Those who hear of nodes get `event` at last.
  void add_watchers(std::vector<pid> watchers, term event) noexcept;
  /// Tells at most `most` of them; true when all are told. Throws std::bad_alloc; a later
  /// call goes on there, so that each is told once.
  [[nodiscard]] bool tell(std::size_t most);

private:
  void take_over();

  peer_ties ties_;
  exit_reason::kind why_ = exit_reason::kind::noconnection;
  std::string_view node_;
  // What is still to be told, the first at the end.
  std::vector<link_table::pair> linked_;
  std::vector<link_table::pair> unlinking_;
  std::vector<std::pair<reference, outgoing_monitor>> outgoing_;
  std::vector<std::pair<reference, incoming_monitor>> incoming_;
  std::vector<pid> watchers_;
  term event_;
};

} // namespace websock::runtime::distribution
