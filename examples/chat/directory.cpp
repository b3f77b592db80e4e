// The list of rooms.
#include "examples/chat/directory.hpp"

#include "websock/channels.hpp"
#include "websock/channels/presence.hpp"
#include "websock/runtime/node.hpp"

#include "examples/chat/archive.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <vector>

namespace chat {

namespace runtime = websock::runtime;
using namespace std::chrono_literals;

namespace {

constexpr auto announcement_interval = 250ms; // not at every line: everybody gets it
constexpr std::size_t most_at_once = 100;     // announcements, and rooms of a list
constexpr std::size_t most_rooms = 10'000;    // of all nodes
constexpr std::string_view prefix = "room:";

} // namespace

websock::channels::presence_hooks tell_population(runtime::node& on) {
  websock::channels::presence_hooks hooks;
  hooks.handle_metas = [&on](std::string_view topic, const json&, const json&,
                             const json& present) {
    const auto directory = on.whereis(directory_name);
    if (directory && topic.starts_with(prefix))
      runtime::cast(directory,
                    population{std::string(topic.substr(prefix.size())), present.size()});
  };
  return hooks;
}

// Registers its name first: what happens from then on is told.
runtime::server_result directory::init() {
  self().register_name(directory_name);
  const auto known = co_await self().call<std::vector<room_entry>>(
      self().whereis(archive_name), 5s, list_rooms{});
  for (const auto& each : known)
    rooms_[each.name] = {each.number, each.last,
                         people_->list(topic_of(each.name)).size()};
  co_return runtime::noreply();
}

runtime::call_result directory::handle_call(runtime::term, runtime::from) {
  return runtime::reply(largest());
}

runtime::server_result directory::handle_cast(runtime::term request) {
  request.match([&](const room_news& news) { note(news); },
                [&](const population& news) { note(news); },
                [&](const room_gone& gone) { remove(gone.room); },
                [](runtime::otherwise) {});
  return runtime::noreply();
}

runtime::server_result directory::handle_info(runtime::term info) {
  if (info.is<announcement_due>())
    announce();
  return runtime::noreply();
}

// Null when there are too many.
directory::entry* directory::find(const std::string& room) {
  const auto found = rooms_.find(room);
  if (found != rooms_.end())
    return &found->second;
  return rooms_.size() < most_rooms ? &rooms_[room] : nullptr;
}

void directory::note(const room_news& news) {
  auto* const its = find(news.room);
  if (its == nullptr)
    return;
  its->number = std::max(its->number, news.number);
  its->last = std::max(its->last, news.at);
  announce_soon(news.room);
}

void directory::note(const population& news) {
  auto* const its = find(news.room);
  if (its == nullptr)
    return;
  its->people = news.people;
  if (its->people == 0 && its->number == 0)
    return remove(news.room);
  announce_soon(news.room);
}

void directory::remove(const std::string& room) {
  rooms_.erase(room);
  announce_soon(room);
}

void directory::announce_soon(const std::string& room) {
  if (unannounced_.size() < most_rooms)
    unannounced_.insert(room);
  if (!std::exchange(will_announce_, true))
    self().send_after(announcement_interval, self(), announcement_due{});
}

void directory::announce() {
  will_announce_ = false;
  for (std::size_t i = 0; i < most_at_once && !unannounced_.empty(); ++i) {
    const auto room = unannounced_.extract(unannounced_.begin()).value();
    const auto found = rooms_.find(room);
    const auto news = found == rooms_.end() ? json{{"name", room}, {"gone", true}}
                                            : to_json(room, found->second);
    websock::channels::local_broadcast(self(), rooms_topic, "room", news);
  }
  if (!unannounced_.empty())
    announce_soon(*unannounced_.begin());
}

json directory::to_json(const std::string& room, const entry& its) {
  return {{"name", room},
          {"people", its.people},
          {"number", its.number},
          {"last", its.number == 0 ? json() : json(its.last)}};
}

json directory::largest() const {
  using item = std::pair<std::string, entry>;
  std::vector<item> all(rooms_.begin(), rooms_.end());
  std::erase_if(all, [](const item& each) {
    return each.second.people == 0 && each.second.number == 0;
  });
  std::sort(all.begin(), all.end(), [](const item& a, const item& b) {
    return std::tie(b.second.people, b.second.last, a.first)
           < std::tie(a.second.people, a.second.last, b.first);
  });
  json list = json::array();
  for (std::size_t i = 0; i < std::min(all.size(), most_at_once); ++i)
    list.push_back(to_json(all[i].first, all[i].second));
  return list;
}

} // namespace chat
