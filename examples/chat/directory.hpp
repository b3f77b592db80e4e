// The process that tells which rooms there are, how many are in them, and how far their
// lines go. What it knows comes from the archive and from presence, so it can crash
// without losing anything.
#pragma once

#include "websock/runtime/gen_server.hpp"

#include "examples/chat/rooms.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace websock::channels {
class presence;
struct presence_hooks;
} // namespace websock::channels

namespace chat {

/// Its registered name, and the topic of what it tells.
inline constexpr const char* directory_name = "directory";
inline constexpr const char* rooms_topic = "rooms";
[[nodiscard]] inline std::string topic_of(const std::string& room) {
  return "room:" + room;
}

// What it is told.
struct room_news {
  std::string room;
  std::uint64_t number = 0;
  moment at = 0;
};
struct room_gone {
  std::string room;
};
struct population {
  std::string room;
  std::size_t people = 0;
};
/// Any process of its node.
template <class News>
void tell_directory(websock::runtime::process& from, News news) {
  if (const auto directory = from.whereis(directory_name))
    websock::runtime::cast(directory, std::move(news));
}
/// Has a presence tell it who comes and goes.
[[nodiscard]] websock::channels::presence_hooks
tell_population(websock::runtime::node& on);

/// What it is asked: the answer is json, a list of rooms.
struct largest_rooms {};

class directory final : public websock::runtime::gen_server {
public:
  explicit directory(const websock::channels::presence* people) : people_(people) {}

private:
  struct announcement_due {};
  struct entry {
    std::uint64_t number = 0;
    moment last = 0;
    std::size_t people = 0;
  };

  websock::runtime::server_result init() override;
  websock::runtime::call_result handle_call(websock::runtime::term request,
                                            websock::runtime::from) override;
  websock::runtime::server_result handle_cast(websock::runtime::term request) override;
  websock::runtime::server_result handle_info(websock::runtime::term info) override;

  [[nodiscard]] entry* find(const std::string& room);
  void note(const room_news& news);
  void note(const population& news);
  void remove(const std::string& room);
  void announce_soon(const std::string& room);
  void announce();
  [[nodiscard]] static json to_json(const std::string& room, const entry& its);
  [[nodiscard]] json largest() const;

  const websock::channels::presence* const people_; // outlives the directory
  std::map<std::string, entry> rooms_;
  std::set<std::string> unannounced_;
  bool will_announce_ = false;
};

} // namespace chat
