// Everything that processes of this node and of one other are to each other.
#pragma once

#include "../address/pid.hpp"
#include "../term/reference.hpp"
#include "link_table.hpp"
#include "monitor_table.hpp"

#include <cstddef>
#include <unordered_map>

namespace websock::runtime::distribution {

/// On the shard of the connections only.
struct peer_ties {
  link_table links;
  monitor_table monitors;
  /// Who waits for the reply to a request with this reference, which is a monitor too.
  std::unordered_map<reference, pid> requests;

  [[nodiscard]] std::size_t size() const noexcept {
    return links.size() + monitors.size() + requests.size();
  }
};

} // namespace websock::runtime::distribution
