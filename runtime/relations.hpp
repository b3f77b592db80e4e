// Whom a process is tied to: links, monitors in both directions, topics and tables. Most
// processes have few or none, so it is made on first use.
#pragma once

#include "runtime/pid.hpp"
#include "runtime/reference.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace runtime::detail {

struct subscription;
class membership;

/// Everything is O(1) per tie, however many there are. Only the process's own shard
/// touches it.
struct relations {
  struct watched {
    pid who;
    std::string name; // when it is monitored by name
  };
  struct watcher {
    pid who;
    std::string name;
  };

  std::unordered_set<pid> links;
  /// Unlinks that the other end has not acknowledged: a link request of that end from
  /// before it knew of them is void.
  std::unordered_map<pid, std::uint32_t> unlinking;
  std::unordered_map<reference, watched> monitors; // of others, by this process
  std::unordered_map<reference, watcher> watchers; // of this process, by others
  std::vector<std::unique_ptr<subscription>> topics;
  std::vector<std::shared_ptr<membership>> memberships;
  std::unordered_set<reference> aliases;
  std::unordered_map<reference, reference> requests; // by monitor; the timer of its limit
};

} // namespace runtime::detail
