// Whom a process is tied to: links, monitors in both directions, topics and tables. Most
// processes have few or none, so it is made on first use.
#pragma once

#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/process/subscription.hpp"
#include "websock/runtime/table/flat_table.hpp"
#include "websock/runtime/term/exit_reason.hpp"
#include "websock/runtime/term/reference.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace websock::runtime::detail {

class membership;

/// Everything is O(1) per tie, however many there are. Only the process's own shard
/// touches it.
struct relations {
  /// The other end of a monitor, and the name by which it was set up, if it was.
  struct monitored {
    pid who;
    std::unique_ptr<const std::string> name;
    [[nodiscard]] std::string name_or_empty() const {
      return name ? *name : std::string();
    }
  };

  [[nodiscard]] static monitored end(pid who, std::string name) {
    return {std::move(who), name.empty()
                                ? nullptr
                                : std::make_unique<const std::string>(std::move(name))};
  }

  flat_table<pid> links;
  /// Unlinks that the other end has not acknowledged: a link request of that end from
  /// before it knew of them is void.
  flat_table<pid, std::uint32_t> unlinking;
  flat_table<reference, monitored> monitors; // of others, by this process
  flat_table<reference, monitored> watchers; // of this process, by others
  flat_table<topic*, std::unique_ptr<subscription>> topics;
  std::vector<std::shared_ptr<membership>> memberships;
  flat_table<reference> aliases;
  flat_table<reference, reference> requests; // by monitor; the timer of its limit
  std::uint64_t own_exits = 0; // exit signals of a process that traps exits to itself
  std::uint64_t own_exits_arrived = 0; // how many of them are messages for good
};

/// Tells everybody who is tied to `from`, which has exited, and empties `ties`.
/// Throws std::bad_alloc, and leaves `ties`, when there is no memory for it.
void say_farewell(const pid& from, const exit_reason& why,
                  std::unique_ptr<relations>& ties); // farewell.cpp

} // namespace websock::runtime::detail
