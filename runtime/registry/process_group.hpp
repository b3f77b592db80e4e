// Named groups of processes, and monitors for them. Source: Erlang's pg.
#pragma once

#include "../address/pid.hpp"
#include "../term/reference.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace websock::runtime {

class process;
namespace detail {
struct remote_membership;
} // namespace detail

namespace process_group {

/// Sent to a monitor: these processes have joined. Source: {Ref, join, Group,
/// Pids}.
struct joined {
  reference ref;
  std::string group;
  std::vector<pid> pids;
};
/// Sent to a monitor: these processes have left, or one has exited. Source: {Ref, leave,
/// Group, Pids}.
struct left {
  reference ref;
  std::string group;
  std::vector<pid> pids;
};
[[nodiscard]] std::string to_string(const joined& message);
[[nodiscard]] std::string to_string(const left& message);

enum class leave_result : std::uint8_t { ok, not_joined };

/// A monitor of one group, and the members at its start.
struct monitor_result {
  reference ref;
  std::vector<pid> members;
};
/// A monitor of all groups, and the members of each at its start.
struct scope_monitor_result {
  reference ref;
  std::map<std::string, std::vector<pid>> groups;
};

/// A scope: a set of groups, separate from those of other scopes. A process may join any
/// number of groups, each any number of times; on exit it leaves them all before anyone
/// hears of the exit. Each change is one event: all monitors see the events in the order
/// of the changes, whatever threads make them, starting from their snapshot, and before
/// anything that the cause of an event sends them later. What it has sent them before may
/// come behind the event: in pg too, events are signals of another process. Any thread,
/// except for `monitor`, `monitor_scope` and `demonitor`.
class scope {
public:
  scope();

  /// Throws std::invalid_argument if a pid is not a process of this node; a dead process
  /// leaves again at once.
  void join(std::string_view group, const pid& who) {
    join(group, std::vector<pid>{who});
  }
  void join(std::string_view group, const std::vector<pid>& pids);
  /// Undoes one join of each. `not_joined`, without an event, if none of them had joined;
  /// processes of other nodes count as not joined: they leave where they are.
  leave_result leave(std::string_view group, const pid& who) {
    return leave(group, std::vector<pid>{who});
  }
  leave_result leave(std::string_view group, const std::vector<pid>& pids);

  /// Each process as many times as it has joined, the most recent join first; those of
  /// other nodes as well.
  [[nodiscard]] std::vector<pid> members(std::string_view group) const;
  /// The members on this node.
  [[nodiscard]] std::vector<pid> local_members(std::string_view group) const;
  /// The groups that have members, in no order.
  [[nodiscard]] std::vector<std::string> which_groups() const;

  /// Sends `self` a `joined` or `left` for each change of `group` from now on.
  [[nodiscard]] monitor_result monitor(process& self, std::string_view group);
  /// The same for all groups, including future ones.
  [[nodiscard]] scope_monitor_result monitor_scope(process& self);
  /// Ends a monitor and removes its messages from the mailbox of `self`. False when there
  /// is no such monitor.
  bool demonitor(process& self, reference ref);

private:
  friend struct runtime::detail::remote_membership;

  class table;
  std::shared_ptr<table> table_; // shared with the processes that it lists
};

} // namespace process_group
} // namespace websock::runtime
