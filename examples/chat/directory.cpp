// The directory of rooms.
#include "examples/chat/directory.hpp"

#include "runtime/node.hpp"
#include "runtime/pubsub.hpp"

#include "examples/chat/json.hpp"
#include "examples/chat/room.hpp"

namespace chat {

using namespace std::chrono_literals;

namespace {
constexpr auto kept_empty = 10min; // a room and its history, after the last one left
}

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
             [&](const retirement_due& due) { retire_room(due.room); });
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
  announce();
}

void directory::retire_room(const std::string& name) {
  const auto room = rooms_.extract(name);
  if (room.empty())
    return;
  runtime::cast(room.mapped().process, retire{});
  announce();
}

void directory::forget(const runtime::pid& process) {
  if (std::erase_if(rooms_,
                    [&](const auto& each) { return each.second.process == process; })
      > 0)
    announce();
}

void directory::announce() {
  json list = json::array();
  for (const auto& [name, listed] : rooms_)
    if (listed.members > 0)
      list.push_back({{"name", name}, {"members", listed.members}});
  runtime::pubsub::broadcast(self(), rooms_topic,
                             rooms{as_payload({{"type", "rooms"}, {"rooms", list}})});
}

} // namespace chat
