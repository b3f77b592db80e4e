// Who hears of a scope of process groups, and how.
#pragma once

#include "../address/alias.hpp"
#include "../address/pid.hpp"
#include "../address/send.hpp"
#include "../mailbox/letter.hpp"
#include "../mailbox/signal.hpp"
#include "../table/ordered_entries.hpp"
#include "../table/text_hash.hpp"
#include "../term/reference.hpp"
#include "event_line.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace websock::runtime::detail {
class process_block;
} // namespace websock::runtime::detail

namespace websock::runtime::process_group {

/// Locked by the scope. The reference of a monitor is an alias of the monitoring process:
/// once the alias is inactive, events in the mailbox or in transit are void.
class group_monitors {
public:
  /// Without a group it is a monitor of all. `number` grows from one monitor to the next.
  void enter(const alias& to, std::optional<std::string> group, std::uint64_t number);
  /// Where its events go; null when there is no such monitor. Valid until that ends.
  [[nodiscard]] const alias* find(reference ref) const noexcept;
  /// There is such a monitor.
  void end(reference ref) noexcept;

  struct event {
    detail::process_block* target;
    std::shared_ptr<event_line> line;
    event_line::event made;
  };
  /// One event per monitor, in the order in which they are sent.
  template <class Event>
  [[nodiscard]] std::vector<event> prepare(std::string_view group,
                                           const std::vector<pid>& pids) const;
  /// Call with the lock held, so that all monitors see the same order, on the thread that
  /// prepared them. Only enqueues messages.
  static void send_all(std::vector<event>& made) noexcept;

private:
  /// In the order in which monitoring began.
  using list = detail::ordered_entries<reference>;
  struct entry {
    alias to;
    std::uint64_t number;             // in its list
    std::optional<std::string> group; // empty: all groups
    std::shared_ptr<event_line> line;
  };

  [[nodiscard]] event event_for(reference ref, detail::letter* message) const;
  void drop_if_empty(const std::optional<std::string>& group) noexcept;

  std::unordered_map<reference, entry> entries_;
  std::unordered_map<std::string, list, detail::text_hash, std::equal_to<>> of_group_;
  list of_scope_;
};

template <class Event>
std::vector<group_monitors::event>
group_monitors::prepare(std::string_view group, const std::vector<pid>& pids) const {
  std::vector<event> made;
  const auto add = [&](reference ref) {
    made.push_back(
        event_for(ref, detail::make_kept_letter(Event{ref, std::string(group), pids})));
  };
  of_scope_.for_each(add);
  // pg notifies the most recent monitor first.
  if (const auto found = of_group_.find(group); found != of_group_.end())
    found->second.for_each_backwards(add);
  return made;
}

} // namespace websock::runtime::process_group
