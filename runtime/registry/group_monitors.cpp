// The lists of monitors, by group and in order.
#include "group_monitors.hpp"

#include "../process/process_block.hpp"
#include "../table/rollback.hpp"

namespace websock::runtime::process_group {

void group_monitors::enter(const alias& to, std::optional<std::string> group,
                           std::uint64_t number) {
  auto line = std::make_shared<event_line>();
  const auto& made =
      entries_.emplace(to.ref, entry{to, number, std::move(group), std::move(line)})
          .first->second;
  detail::rollback unmonitored([&] {
    drop_if_empty(made.group);
    entries_.erase(to.ref);
  });
  auto& others = made.group ? of_group_[*made.group] : of_scope_;
  others.make_room();
  unmonitored.keep();
  others.append(number, to.ref);
}

const alias* group_monitors::find(reference ref) const noexcept {
  const auto found = entries_.find(ref);
  return found == entries_.end() ? nullptr : &found->second.to;
}

void group_monitors::end(reference ref) noexcept {
  const auto ended = entries_.extract(ref);
  const auto& [to, number, group, line] = ended.mapped();
  if (group)
    of_group_.find(*group)->second.take(number);
  else
    of_scope_.take(number);
  drop_if_empty(group);
}

void group_monitors::drop_if_empty(const std::optional<std::string>& group) noexcept {
  if (!group)
    return;
  const auto found = of_group_.find(*group);
  if (found != of_group_.end() && found->second.empty())
    of_group_.erase(found);
}

group_monitors::event group_monitors::event_for(reference ref,
                                                detail::letter* message) const {
  const auto& monitor = entries_.at(ref);
  auto* const target = detail::find_block(monitor.to.owner);
  return {target, monitor.line,
          monitor.line->prepare(*target, detail::to_alias(ref, message))};
}

void group_monitors::send_all(std::vector<event>& made) noexcept {
  for (auto& each : made)
    each.line->send(*each.target, std::move(each.made));
}

} // namespace websock::runtime::process_group
