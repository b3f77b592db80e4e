// The channels of one socket.
#include "websock/channels/socket/joined_channels.hpp"

#include <algorithm>

namespace websock::channels {

joined_channels::places::const_iterator
joined_channels::place_of(std::string_view topic) const noexcept {
  return std::lower_bound(by_topic_.begin(), by_topic_.end(), topic,
                          [](const joined_channel* each, std::string_view wanted) {
                            return each->topic < wanted;
                          });
}

joined_channel* joined_channels::find(std::string_view topic) const noexcept {
  if (auto* const only = find_only())
    return only->topic == topic ? only : nullptr;
  const auto found = place_of(topic);
  return found != by_topic_.end() && (*found)->topic == topic ? *found : nullptr;
}

joined_channel* joined_channels::find(const runtime::pid& who) const noexcept {
  const auto* const found = by_process_.find(who);
  return found == nullptr ? nullptr : found->get();
}

joined_channel& joined_channels::add(joined_channel what) {
  auto made = std::make_unique<joined_channel>(std::move(what));
  auto& added = *made;
  by_process_.make_room();
  if (auto* const first = find_only())
    by_topic_ = {first};
  if (size() > 0)
    by_topic_.insert(place_of(added.topic), &added);
  by_process_.insert(added.who, std::move(made));
  return added;
}

waiting_messages joined_channels::remove(std::string_view topic) {
  auto& its = *find(topic);
  if (size() > 1)
    by_topic_.erase(place_of(topic));
  if (size() == 2)
    by_topic_ = {};
  auto waiting = its.take_waiting();
  by_process_.erase(its.who);
  return waiting;
}

} // namespace websock::channels
