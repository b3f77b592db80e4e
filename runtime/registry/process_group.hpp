// Groups of processes by name, and who watches them. Source: Erlang's pg.
#pragma once

#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/term/reference.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace websock::runtime {

class process;

namespace process_group {

/// The message of a monitor: these processes have joined. Source: {Ref, join, Group,
/// Pids}.
struct joined {
  reference ref;
  std::string group;
  std::vector<pid> pids;
};
/// These processes have left, or one of them has exited. Source: {Ref, leave, Group,
/// Pids}.
struct left {
  reference ref;
  std::string group;
  std::vector<pid> pids;
};
[[nodiscard]] std::string to_string(const joined& message);
[[nodiscard]] std::string to_string(const left& message);

enum class leave_result : std::uint8_t { ok, not_joined };

/// A monitor of one group, and who was in it then.
struct monitor_result {
  reference ref;
  std::vector<pid> members;
};
/// A monitor of all groups, and who was in each of them then.
struct scope_monitor_result {
  reference ref;
  std::map<std::string, std::vector<pid>> groups;
};

/// A scope: groups that know nothing of those of another scope. A process may be in any
/// number of groups, and in each any number of times; it leaves all when it exits, before
/// anybody hears of that. Each change is one event: every monitor sees the events in one
/// order, from its snapshot on, and before whatever their cause sends it afterwards.
/// Everything but `monitor`, `monitor_scope` and `demonitor` is for any thread.
class scope {
public:
  scope();

  /// Throws std::invalid_argument when one is not a process of this node; a dead one
  /// leaves again at once.
  void join(std::string_view group, const pid& who) {
    join(group, std::vector<pid>{who});
  }
  void join(std::string_view group, const std::vector<pid>& pids);
  /// Undoes one join of each. `not_joined`, and no event, when none of them had joined.
  leave_result leave(std::string_view group, const pid& who) {
    return leave(group, std::vector<pid>{who});
  }
  leave_result leave(std::string_view group, const std::vector<pid>& pids);

  /// Each once for every time it has joined, the most recent first.
  [[nodiscard]] std::vector<pid> members(std::string_view group) const;
  /// Those of this node. A scope has no others.
  [[nodiscard]] std::vector<pid> local_members(std::string_view group) const {
    return members(group);
  }
  /// The groups that have members, in no order.
  [[nodiscard]] std::vector<std::string> which_groups() const;

  /// From now on `self` gets a `joined` or `left` for each change of `group`.
  [[nodiscard]] monitor_result monitor(process& self, std::string_view group);
  /// The same for all groups, those to come too.
  [[nodiscard]] scope_monitor_result monitor_scope(process& self);
  /// Ends a monitor. What it has sent to `self` is taken out of the mailbox. False when
  /// there is no such monitor.
  bool demonitor(process& self, reference ref);

private:
  class table;
  std::shared_ptr<table> table_; // shared with the processes that are in it
};

} // namespace process_group
} // namespace websock::runtime
