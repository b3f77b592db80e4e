// Subscriptions on one shard.
#include "runtime/topic_table.hpp"

#include "runtime/process.hpp"
#include "runtime/shard.hpp"

#include <algorithm>
#include <memory>

namespace runtime {

void topic_table::subscribe(process& who, std::string_view name) {
  auto found = topics_.find(name);
  if (found == topics_.end()) {
    found = topics_.emplace(std::string(name), detail::topic{}).first;
    found->second.name = found->first;
  }
  auto& members = found->second.members;
  auto place = std::make_unique<detail::subscription>(
      detail::subscription{&who, &found->second, members.size()});
  members.push_back(place.get());
  who.ties().topics.push_back(std::move(place));
}

void topic_table::unsubscribe(process& who, std::string_view name) {
  if (!who.ties_)
    return;
  std::erase_if(who.ties_->topics, [&](const auto& place) {
    if (place->to->name != name)
      return false;
    leave(*place);
    return true;
  });
}

void topic_table::forget(process& who) noexcept {
  if (!who.ties_)
    return;
  for (const auto& place : who.ties_->topics)
    leave(*place);
  who.ties_->topics.clear();
}

void topic_table::leave(detail::subscription& place) noexcept {
  auto& members = place.to->members;
  detail::subscription* last = members.back();
  members[place.index] = last;
  last->index = place.index;
  members.pop_back();
  if (members.empty())
    topics_.erase(topics_.find(place.to->name));
}

std::size_t topic_table::deliver(std::string_view name, const term& message,
                                 const process* except) {
  const auto found = topics_.find(name);
  if (found == topics_.end())
    return 0;
  const auto& members = found->second.members;
  auto& pool = members.front()->who->shard().frames();
  std::size_t reached = 0;
  for (const auto* place : members) {
    if (place->who == except)
      continue;
    place->who->accept(new (pool) detail::forwarded_letter(message));
    ++reached;
  }
  return reached;
}

// Nothing else happens on the shard meanwhile: what it counts as dropped is of this
// message.
detail::fan_out topic_table::deliver_counted(std::string_view name, const term& message,
                                             const process* except) {
  const auto found = topics_.find(name);
  if (found == topics_.end())
    return {};
  const auto& members = found->second.members;
  const shard& here = members.front()->who->shard();
  const auto dropped = here.messages_dropped();
  const auto refused = here.refused_;
  std::size_t taking = 0;
  for (const auto* place : members)
    taking += place->who != except && !place->who->ending_ ? 1U : 0U;
  deliver(name, message, except);
  return {taking - (here.refused_ - refused), here.messages_dropped() - dropped};
}

std::size_t topic_table::subscribers(std::string_view name) const {
  const auto found = topics_.find(name);
  return found == topics_.end() ? 0 : found->second.members.size();
}

} // namespace runtime
