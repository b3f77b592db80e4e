// The monitors between processes of this node and those of one other, in both directions.
#pragma once

#include "../address/pid.hpp"
#include "../term/reference.hpp"
#include "etf/reference.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace websock::runtime::distribution {

/// A process here monitors one there, by its pid or by its name.
struct outgoing_monitor {
  pid watcher;
  pid target;       // empty for a name
  std::string name; // empty for a pid
};

/// A process there monitors one here. It has a reference of its own on each side.
struct incoming_monitor {
  pid watcher;
  pid target; // the process that had the name when the monitor arrived, if by name
  std::string name;
  etf::reference theirs;
};

/// What the connection knows of monitors. Each is in the table until it has fired or was
/// removed.
class monitor_table {
public:
  void add(reference ours, outgoing_monitor made) { outgoing_[ours] = std::move(made); }
  /// Whether the local process still waits for it.
  [[nodiscard]] bool waits_for(reference ours) const { return outgoing_.contains(ours); }
  /// Empty when there is none: it has fired or was removed.
  std::optional<outgoing_monitor> take(reference ours);

  /// False when the peer uses the reference already.
  bool add(reference ours, incoming_monitor made);
  std::optional<incoming_monitor> take_incoming(reference ours);
  struct known_monitor {
    reference ours;
    incoming_monitor monitor;
  };
  std::optional<known_monitor> take_incoming(const etf::reference& theirs);

  /// Empty one direction of the table. In the order in which the monitors were set up, as
  /// far as their references show it. Without memory nothing has changed.
  [[nodiscard]] std::vector<std::pair<reference, outgoing_monitor>> take_outgoing();
  [[nodiscard]] std::vector<std::pair<reference, incoming_monitor>> take_incoming();
  [[nodiscard]] std::size_t size() const noexcept {
    return outgoing_.size() + incoming_.size();
  }

private:
  std::unordered_map<reference, outgoing_monitor> outgoing_;
  std::unordered_map<reference, incoming_monitor> incoming_;
  std::map<etf::reference, reference> ours_of_; // by the peer's reference
};

} // namespace websock::runtime::distribution
