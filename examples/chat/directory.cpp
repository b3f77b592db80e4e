// The directory of rooms.
#include "examples/chat/directory.hpp"

#include "websock/runtime/node.hpp"
#include "websock/runtime/pubsub.hpp"
#include "websock/runtime/send.hpp"

#include "examples/chat/json.hpp"
#include "examples/chat/words.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace chat {

using namespace std::chrono_literals;

namespace {

constexpr auto announcement_interval = 250ms; // not at every join: everybody gets it
constexpr auto telling_interval = 1s;         // in case another node did not hear
constexpr std::size_t longest_list = 100;     // the largest rooms

} // namespace

// Registers its name first: a room that cannot find the name yet is already in the table
// that we read next.
websock::runtime::server_result directory::init() {
  self().register_name(directory_name);
  for (const auto& each : rooms_of_this_node())
    watch(each.who);
  announce_soon();
  if (!house_.other_nodes.empty())
    static_cast<void>(self().send_interval(telling_interval, self(), telling_due{}));
  return websock::runtime::noreply();
}

websock::runtime::server_result directory::handle_cast(websock::runtime::term request) {
  if (const auto* news = request.get_if<population_changed>()) {
    watch(news->room);
    announce_soon();
  }
  return websock::runtime::noreply();
}

websock::runtime::server_result directory::handle_info(websock::runtime::term info) {
  info.match(
      [&](const websock::runtime::down& gone) {
        watched_.erase(gone.who);
        if (const auto other = others_.extract(gone.who))
          house_.elsewhere.forget(other.mapped());
        announce_soon();
      },
      [&](const rooms_here& news) { hear(news); }, [&](telling_due) { tell_others(); },
      [&](announcement_due) { announce(); }, [](websock::runtime::otherwise) {});
  return websock::runtime::noreply();
}

// A room does not announce its own end. A new one is told at once: the sooner others know
// it, the fewer rooms have to give way.
void directory::watch(const websock::runtime::pid& room) {
  if (!watched_.insert(room).second)
    return;
  static_cast<void>(self().monitor(room));
  tell_others();
}

void directory::announce_soon() {
  if (!std::exchange(will_announce_, true))
    self().send_after(announcement_interval, self(), announcement_due{});
}

void directory::announce() {
  will_announce_ = false;
  tell_others();
  auto largest = rooms_of_this_node();
  const auto others = house_.elsewhere.all();
  largest.insert(largest.end(), others.begin(), others.end());
  std::erase_if(largest, [](const room_entry& each) { return each.members == 0; });
  std::sort(largest.begin(), largest.end(), [](const room_entry& a, const room_entry& b) {
    return a.members != b.members ? a.members > b.members : a.name < b.name;
  });
  largest.resize(std::min(largest.size(), longest_list));
  json list = json::array();
  for (const auto& each : largest)
    list.push_back({{"name", each.name}, {"members", each.members}});
  websock::runtime::pubsub::local_broadcast(
      self(), rooms_topic, rooms{as_message({{"type", "rooms"}, {"rooms", list}})});
}

std::vector<room_entry> directory::rooms_of_this_node() const {
  std::vector<room_entry> found;
  for (const auto& each : house_.rooms.select([](auto&&...) { return true; }))
    found.push_back({each.key, each.of.who, each.of.value.get<population>().members});
  return found;
}

// Vanishes where a node is not connected.
void directory::tell_others() {
  for (const auto& each : house_.other_nodes)
    self().send(websock::runtime::name_at{directory_name, each},
                rooms_here{self().pid(), std::string(self().node().name()),
                           rooms_of_this_node()});
}

// Of two rooms of one name, that of the first node by name stays; the visitors of the
// other one go there.
void directory::hear(const rooms_here& news) {
  if (others_.try_emplace(news.directory, news.node).second)
    static_cast<void>(self().monitor(news.directory));
  if (house_.elsewhere.replace(news.node, news.rooms))
    announce_soon();
  for (const auto& each : news.rooms)
    if (const auto here = house_.rooms.whereis_name(each.name);
        here && news.node < self().node().name())
      websock::runtime::cast(here, give_way{});
}

} // namespace chat
