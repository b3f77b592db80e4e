// The channels of one socket.
#include "websock/channels/socket/joined_channels.hpp"

#include <algorithm>

namespace websock::channels {

joined_channels::places::const_iterator
joined_channels::place_of(std::string_view topic) const noexcept {
  return std::lower_bound(
      all_.begin(), all_.end(), topic,
      [](const auto& each, std::string_view wanted) { return each->topic < wanted; });
}

joined_channel* joined_channels::find(std::string_view topic) const noexcept {
  const auto found = place_of(topic);
  return found != all_.end() && (*found)->topic == topic ? found->get() : nullptr;
}

joined_channel* joined_channels::find(const runtime::pid& who) const noexcept {
  auto* const* const found = by_process_.find(who);
  return found == nullptr ? nullptr : *found;
}

joined_channel& joined_channels::add(joined_channel what) {
  auto made = std::make_unique<joined_channel>(std::move(what));
  auto& added = *made;
  by_process_.make_room();
  all_.insert(place_of(added.topic), std::move(made));
  by_process_.insert(added.who, &added);
  return added;
}

waiting_messages joined_channels::remove(std::string_view topic) {
  const auto found = place_of(topic);
  auto waiting = (*found)->take_waiting();
  by_process_.erase((*found)->who);
  all_.erase(found);
  return waiting;
}

} // namespace websock::channels
