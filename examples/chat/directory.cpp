// The directory of rooms.
#include "examples/chat/directory.hpp"

#include "websock/runtime/pubsub.hpp"

#include "examples/chat/json.hpp"
#include "examples/chat/words.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace chat {

using namespace std::chrono_literals;
using registered = websock::runtime::registry::record;

namespace {

constexpr auto announcement_interval = 250ms; // not at every join: everybody gets it
constexpr std::size_t longest_list = 100;     // the largest rooms

[[nodiscard]] std::size_t members(const websock::runtime::registry::entry& room) {
  return room.value.get<population>().members;
}

} // namespace

// Registers its name first: a room that cannot find the name yet is already in the table
// that we read next.
websock::runtime::server_result directory::init() {
  self().register_name(directory_name);
  for (const auto& each : rooms_.select([](auto&&...) { return true; }))
    watch(each.of.who);
  announce_soon();
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
        announce_soon();
      },
      [&](announcement_due) { announce(); });
  return websock::runtime::noreply();
}

// A room does not announce its own end.
void directory::watch(const websock::runtime::pid& room) {
  if (watched_.insert(room).second)
    static_cast<void>(self().monitor(room));
}

void directory::announce_soon() {
  if (!std::exchange(will_announce_, true))
    self().send_after(announcement_interval, self(), announcement_due{});
}

void directory::announce() {
  will_announce_ = false;
  auto largest =
      rooms_.select([](std::string_view, const auto& room) { return members(room) > 0; });
  std::sort(largest.begin(), largest.end(), [](const registered& a, const registered& b) {
    return members(a.of) != members(b.of) ? members(a.of) > members(b.of) : a.key < b.key;
  });
  largest.resize(std::min(largest.size(), longest_list));
  json list = json::array();
  for (const auto& each : largest)
    list.push_back({{"name", each.key}, {"members", members(each.of)}});
  websock::runtime::pubsub::broadcast(
      self(), rooms_topic, rooms{as_message({{"type", "rooms"}, {"rooms", list}})});
}

} // namespace chat
