// What a process is tied to: links, monitors in both directions, topics and tables. Most
// processes have few or none, so this is created on first use.
#pragma once

#include "../address/name_at.hpp"
#include "../address/pid.hpp"
#include "../table/flat_table.hpp"
#include "../term/exit_reason.hpp"
#include "../term/reference.hpp"
#include "subscription.hpp"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace websock::runtime::detail {

class membership;

/// What few processes have, apart from the ties that most have one of.
struct rare_ties {
  /// Unlinks that the other end has not acknowledged yet: until then, link requests it
  /// has sent are void.
  flat_table<pid, std::uint32_t> unlinking;
  std::vector<std::shared_ptr<membership>> memberships;
  flat_table<reference> aliases;
  flat_table<reference, reference> requests; // from the monitor to the timer of the limit
  std::uint64_t own_exits = 0; // trapped exit signals that the process has sent to itself
  std::uint64_t own_exits_arrived = 0; // those among them that have become messages
};

/// O(1) per tie, however many there are. Used only on the process's own shard.
struct relations {
  /// The other end of a monitor, and the name if it was set up by name.
  struct monitored {
    pid who;                             // empty for a name elsewhere, and for nobody
    std::unique_ptr<const name_at> name; // with a node if it was given
    [[nodiscard]] name_at name_or_empty() const { return name ? *name : name_at(); }
  };

  [[nodiscard]] static monitored end(pid who, name_at name) {
    return {std::move(who), name.name.empty()
                                ? nullptr
                                : std::make_unique<const name_at>(std::move(name))};
  }

  flat_table<pid> links;
  flat_table<reference, monitored> monitors; // processes that this one monitors
  flat_table<reference, monitored> watchers; // processes that monitor this one
  flat_table<topic*, std::unique_ptr<subscription>> topics;
  std::unique_ptr<rare_ties> rare;

  /// Created on first use.
  [[nodiscard]] rare_ties& rarely() {
    if (!rare)
      rare = std::make_unique<rare_ties>();
    return *rare;
  }
  [[nodiscard]] bool is_unlinking(const pid& other) const noexcept {
    return rare && rare->unlinking.contains(other);
  }
};

/// Tells every process tied to `from`, which has exited, and empties `ties`. Throws
/// std::bad_alloc and leaves `ties` unchanged when there is no memory.
void say_farewell(const pid& from, const exit_reason& why,
                  std::unique_ptr<relations>& ties); // farewell.cpp

} // namespace websock::runtime::detail
