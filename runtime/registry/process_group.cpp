// The tables of a scope: members by group, groups by member, and its monitors.
#include "process_group.hpp"

#include "../address/alias.hpp"
#include "../process/membership.hpp"
#include "../process/node.hpp"
#include "../process/process_block.hpp"
#include "../table/flat_table.hpp"
#include "../table/ordered_entries.hpp"
#include "../table/rollback.hpp"
#include "../table/striped_table.hpp"
#include "../table/text_hash.hpp"
#include "../term/access.hpp"
#include "group_monitors.hpp"
#include "remote_membership.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace websock::runtime::process_group {

namespace {

/// In the order of joining.
using member_list = detail::ordered_entries<pid>;
using numbers = std::vector<std::uint64_t>; // ascending

[[nodiscard]] std::string event_text(std::string_view verb, reference ref,
                                     std::string_view group,
                                     const std::vector<pid>& pids) {
  std::string text(verb);
  text += '{' + to_string(ref) + ", \"";
  text += group;
  text += "\", [";
  for (std::size_t i = 0; i < pids.size(); ++i)
    text += (i == 0 ? "" : ", ") + to_string(pids[i]);
  return text + "]}";
}

/// The order in which pg lists members: the one that joined last comes first.
[[nodiscard]] std::vector<pid> newest_first(const member_list& members) {
  std::vector<pid> all;
  all.reserve(members.size());
  members.for_each_backwards([&](const pid& each) { all.push_back(each); });
  return all;
}

[[nodiscard]] bool is_elsewhere(const pid& who) noexcept {
  return who.is_remote();
}

} // namespace

std::string to_string(const joined& message) {
  return event_text("joined", message.ref, message.group, message.pids);
}

std::string to_string(const left& message) {
  return event_text("left", message.ref, message.group, message.pids);
}

/// The reference of a monitor is an alias of the monitoring process. Once the alias is
/// inactive, events in the mailbox or in transit are void.
class scope::table final : public detail::membership,
                           public std::enable_shared_from_this<table> {
public:
  /// Allocates everything first, so that it happens completely or not at all.
  void join(std::string_view group, const std::vector<pid>& pids) {
    std::vector<newcomer> new_here;
    {
      const std::lock_guard lock(changes_);
      const auto before = last_number_;
      detail::rollback unjoined([&] { take_back(group, pids, before); });
      note(group, pids, new_here);
      auto events = monitors_.prepare<joined>(group, pids);
      append(group, pids);
      unjoined.keep();
      group_monitors::send_all(events);
    }
    for (auto& each : new_here)
      detail::enrol(each.who, std::move(each.told));
  }

  leave_result leave(std::string_view group, const std::vector<pid>& pids) {
    const std::lock_guard lock(changes_);
    const auto is_in = [&](const pid& each) {
      const auto found = ties_.find(each);
      return found != ties_.end() && found->second.groups.contains(group);
    };
    if (std::none_of(pids.begin(), pids.end(), is_in))
      return leave_result::not_joined;
    auto events = monitors_.prepare<left>(group, pids);
    for (const auto& each : pids)
      take_out_newest(group, each);
    group_monitors::send_all(events);
    return leave_result::ok;
  }

  /// As `leave`; without memory they leave all the same, and nobody hears of it.
  void drop(std::string_view group, const std::vector<pid>& pids) noexcept {
    try {
      leave(group, pids);
    } catch (const std::bad_alloc&) {
      const std::lock_guard lock(changes_);
      for (const auto& each : pids)
        take_out_newest(group, each);
    }
  }

  void forget(const pid& who) noexcept override {
    const std::lock_guard lock(changes_);
    const auto gone = ties_.extract(who);
    if (gone.empty())
      return;
    for (const auto& [ref, nothing] : gone.mapped().monitors)
      monitors_.end(ref);
    try {
      leave_in_order(who, gone.mapped());
    } catch (const std::bad_alloc&) { // neither ordered nor reported, but all are removed
      leave_silently(gone.mapped());
      detail::find_block(who)->node().log_thrown("not all hear that a group was left");
    }
  }

  [[nodiscard]] std::vector<pid> members(std::string_view group) const {
    return members_.read(group, [&](const auto& map) {
      const auto found = map.find(group);
      return found == map.end() ? std::vector<pid>() : newest_first(found->second);
    });
  }

  [[nodiscard]] std::vector<std::string> which_groups() const {
    std::vector<std::string> found;
    members_.read_each([&](const auto& map) {
      for (const auto& [group, members] : map)
        found.push_back(group);
    });
    return found;
  }

  [[nodiscard]] monitor_result monitor(process& self, std::string_view group) {
    monitor_result result;
    result.ref =
        add_monitor(self, std::string(group), [&] { result.members = members(group); });
    return result;
  }

  [[nodiscard]] scope_monitor_result monitor_scope(process& self) {
    scope_monitor_result result;
    result.ref = add_monitor(self, std::nullopt, [&] {
      members_.read_each([&](const auto& map) {
        for (const auto& [group, members] : map)
          result.groups.emplace(group, newest_first(members));
      });
    });
    return result;
  }

  bool demonitor(process& self, reference ref) {
    const std::lock_guard lock(changes_);
    const auto* address = monitors_.find(ref);
    if (address == nullptr)
      return false;
    const auto owner = ties_.find(address->owner);
    owner->second.monitors.erase(ref);
    drop_if_empty(owner);
    self.unalias(*address);
    monitors_.end(ref);
    return true;
  }

private:
  struct ties {
    // One number per join.
    std::unordered_map<std::string, numbers, detail::text_hash, std::equal_to<>> groups;
    detail::flat_table<reference> monitors;
  };
  using tie_table = std::unordered_map<pid, ties>;

  struct newcomer {
    pid who;
    detail::made_enrolment told;
  };

  void drop_if_empty(tie_table::iterator found) noexcept {
    if (found->second.groups.empty() && found->second.monitors.empty())
      ties_.erase(found);
  }

  /// Assigns a number to each join; the first pid gets the highest. A process of another
  /// node can't be told that it is listed: whoever has it join sees to its leaving.
  void note(std::string_view group, const std::vector<pid>& pids,
            std::vector<newcomer>& new_here) {
    for (std::size_t i = pids.size(); i > 0; --i) {
      auto& own = ties_[pids[i - 1]];
      if (own.groups.empty() && !pids[i - 1].is_remote())
        new_here.push_back({pids[i - 1], detail::make_enrolment(shared_from_this())});
      own.groups[std::string(group)].push_back(++last_number_);
    }
  }
  /// Undoes `note`, as far as it got.
  void take_back(std::string_view group, const std::vector<pid>& pids,
                 std::uint64_t before) noexcept {
    for (const auto& each : pids) {
      const auto found = ties_.find(each);
      if (found == ties_.end())
        continue;
      auto& groups = found->second.groups;
      if (const auto joined = groups.find(group); joined != groups.end()) {
        std::erase_if(joined->second, [&](auto number) { return number > before; });
        if (joined->second.empty())
          groups.erase(joined);
      }
      drop_if_empty(found);
    }
  }
  /// Makes the pids with the last numbers members. Changes nothing when it throws.
  void append(std::string_view group, const std::vector<pid>& pids) {
    if (pids.empty())
      return;
    members_.change(group, [&](auto& map) {
      const auto members = map.try_emplace(std::string(group)).first;
      detail::rollback unused([&] {
        if (members->second.empty())
          map.erase(members);
      });
      members->second.make_room(pids.size());
      unused.keep();
      for (std::size_t i = pids.size(); i > 0; --i)
        members->second.append(last_number_ - i + 1, pids[i - 1]);
    });
  }
  void take_out_newest(std::string_view group, const pid& who) noexcept {
    const auto found = ties_.find(who);
    if (found == ties_.end())
      return;
    auto& groups = found->second.groups;
    const auto numbers_of_group = groups.find(group);
    if (numbers_of_group == groups.end())
      return;
    take_out(group, numbers_of_group->second.back());
    numbers_of_group->second.pop_back();
    if (numbers_of_group->second.empty())
      groups.erase(numbers_of_group);
    drop_if_empty(found);
  }

  void leave_in_order(const pid& who, const ties& gone) {
    std::vector<std::pair<std::uint64_t, std::string_view>> joins;
    for (const auto& [group, own] : gone.groups)
      for (const auto number : own)
        joins.emplace_back(number, group);
    std::sort(joins.begin(), joins.end(), std::greater<>());
    for (const auto& [number, group] : joins) {
      take_out(group, number);
      auto events = monitors_.prepare<left>(group, {who});
      group_monitors::send_all(events);
    }
  }
  void leave_silently(const ties& gone) noexcept {
    for (const auto& [group, own] : gone.groups)
      for (const auto number : own)
        take_out(group, number);
  }

  void take_out(std::string_view group, std::uint64_t number) noexcept {
    members_.change(group, [&](auto& map) {
      const auto found = map.find(group);
      if (found == map.end())
        return;
      found->second.take(number);
      if (found->second.empty())
        map.erase(found);
    });
  }

  /// Calls `look()` to take the snapshot that precedes the first event. When memory runs
  /// out there is no monitor: every monitor in a list is also in `monitors_`.
  template <class F>
  reference add_monitor(process& self, std::optional<std::string> group, F look) {
    const auto address = self.alias();
    detail::rollback unused([&] { self.unalias(address); });
    auto enrolled = detail::make_enrolment(shared_from_this());
    {
      const std::lock_guard lock(changes_);
      look();
      enter_monitor(address, std::move(group));
    }
    unused.keep();
    detail::enrol(address.owner, std::move(enrolled));
    return address.ref;
  }
  void enter_monitor(const runtime::alias& address, std::optional<std::string> group) {
    monitors_.enter(address, std::move(group), ++last_number_);
    detail::rollback unmonitored([&] { take_back_monitor(address); });
    ties_[address.owner].monitors.insert(address.ref);
    unmonitored.keep();
  }
  /// Undoes `enter_monitor`, as far as it got.
  void take_back_monitor(const runtime::alias& address) noexcept {
    monitors_.end(address.ref);
    if (const auto owner = ties_.find(address.owner); owner != ties_.end())
      drop_if_empty(owner);
  }

  // One change at a time, which orders the events. Held only while the tables change, and
  // never by callers that read members.
  std::mutex changes_;
  std::uint64_t last_number_ = 0; // given to a join or a monitor
  detail::striped_table<std::string, member_list, detail::text_hash> members_;
  tie_table ties_;
  group_monitors monitors_;
};

scope::scope() : table_(std::make_shared<table>()) {
}

void scope::join(std::string_view group, const std::vector<pid>& pids) {
  for (const auto& each : pids)
    if (detail::find_block(each) == nullptr)
      throw std::invalid_argument("join(\"" + std::string(group) + "\", "
                                  + to_string(each) + "): not a process of this node");
  table_->join(group, pids);
}

leave_result scope::leave(std::string_view group, const std::vector<pid>& pids) {
  if (std::none_of(pids.begin(), pids.end(), is_elsewhere))
    return table_->leave(group, pids);
  auto here = pids;
  std::erase_if(here, is_elsewhere);
  return table_->leave(group, here);
}

std::vector<pid> scope::members(std::string_view group) const {
  return table_->members(group);
}

std::vector<pid> scope::local_members(std::string_view group) const {
  auto found = members(group);
  std::erase_if(found, is_elsewhere);
  return found;
}

std::vector<std::string> scope::which_groups() const {
  return table_->which_groups();
}

monitor_result scope::monitor(process& self, std::string_view group) {
  return table_->monitor(self, group);
}

scope_monitor_result scope::monitor_scope(process& self) {
  return table_->monitor_scope(self);
}

bool scope::demonitor(process& self, reference ref) {
  return table_->demonitor(self, ref);
}

} // namespace websock::runtime::process_group

namespace websock::runtime::detail {

void remote_membership::join(process_group::scope& groups, std::string_view group,
                             const std::vector<pid>& pids) {
  groups.table_->join(group, pids);
}

void remote_membership::leave(process_group::scope& groups, std::string_view group,
                              const std::vector<pid>& pids) noexcept {
  groups.table_->drop(group, pids);
}

} // namespace websock::runtime::detail
