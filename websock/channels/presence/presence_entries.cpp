// Adding, replacing and removing entries, and their octets.
#include "websock/channels/presence/presence_entries.hpp"

#include <utility>

namespace websock::channels {

const presence_entry* presence_entries::find(number id) const {
  const auto found = all_.find(id);
  return found == all_.end() ? nullptr : &found->second;
}

const presence_entry* presence_entries::put(number id, presence_entry entry,
                                            const presence_limits& limits) {
  const auto found = all_.find(id);
  const auto before = found == all_.end() ? 0 : found->second.octets();
  const auto octets = entry.octets();
  if (octets > limits.most_octets || octets_ - before > limits.most_octets - octets
      || (found == all_.end() && all_.size() >= limits.most_entries))
    return nullptr;
  const auto* placed = &all_.insert_or_assign(id, std::move(entry)).first->second;
  octets_ += octets - before;
  return placed;
}

void presence_entries::erase(number id) {
  const auto found = all_.find(id);
  if (found == all_.end())
    return;
  octets_ -= found->second.octets();
  all_.erase(found);
}

} // namespace websock::channels
