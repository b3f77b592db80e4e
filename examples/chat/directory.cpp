// The directory of rooms.
#include "examples/chat/directory.hpp"

#include "runtime/node.hpp"
#include "runtime/pubsub.hpp"

#include "examples/chat/json.hpp"
#include "examples/chat/room.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace chat {

using namespace std::chrono_literals;

namespace {
constexpr auto kept_empty = 10min; // a room and its history, after the last one left
constexpr auto announcement_interval = 250ms; // everybody gets the list: not at each join
constexpr std::size_t longest_list = 100;     // the largest rooms
} // namespace

runtime::server_result directory::init() {
  self().register_name(directory_name);
  return runtime::noreply();
}

runtime::server_result directory::handle_cast(runtime::term request) {
  request.match([&](const enter& who) { pass_on(who); },
                [&](const population& news) { count(news); });
  return runtime::noreply();
}

runtime::server_result directory::handle_info(runtime::term info) {
  info.match([&](const runtime::down& gone) { forget(gone.who); },
             [&](const retirement_due& due) { retire_room(due.room); },
             [&](announcement_due) { announce(); });
  return runtime::noreply();
}

void directory::pass_on(const enter& who) {
  auto& entered = rooms_[who.room];
  if (!entered.process) {
    entered.process = self().node().spawn<room>(who.room);
    static_cast<void>(self().monitor(entered.process));
  }
  self().cancel_timer(std::exchange(entered.retirement, {}));
  runtime::cast(entered.process, who);
}

void directory::count(const population& news) {
  const auto found = rooms_.find(news.room);
  if (found == rooms_.end())
    return;
  auto& counted = found->second;
  counted.members = news.members;
  self().cancel_timer(std::exchange(counted.retirement, {}));
  if (news.members == 0)
    counted.retirement = self().send_after(kept_empty, self(), retirement_due{news.room});
  announce_soon();
}

void directory::retire_room(const std::string& name) {
  const auto room = rooms_.extract(name);
  if (room.empty())
    return;
  runtime::cast(room.mapped().process, retire{});
  announce_soon();
}

void directory::forget(const runtime::pid& process) {
  if (std::erase_if(rooms_,
                    [&](const auto& each) { return each.second.process == process; })
      > 0)
    announce_soon();
}

void directory::announce_soon() {
  if (!std::exchange(will_announce_, true))
    self().send_after(announcement_interval, self(), announcement_due{});
}

void directory::announce() {
  will_announce_ = false;
  using entered = std::pair<const std::string, entry>;
  std::vector<const entered*> largest;
  for (const auto& each : rooms_)
    if (each.second.members > 0)
      largest.push_back(&each);
  std::stable_sort(largest.begin(), largest.end(), [](const auto* a, const auto* b) {
    return a->second.members > b->second.members;
  });
  largest.resize(std::min(largest.size(), longest_list));
  json list = json::array();
  for (const auto* each : largest)
    list.push_back({{"name", each->first}, {"members", each->second.members}});
  runtime::pubsub::broadcast(self(), rooms_topic,
                             rooms{as_payload({{"type", "rooms"}, {"rooms", list}})});
}

} // namespace chat
