// The messages between sessions, rooms and the directory. Plain structs: any copyable
// type is one.
#pragma once

#include "websock/message.hpp"
#include "websock/runtime/pid.hpp"

#include <cstddef>
#include <string>

namespace chat {

/// The names under which the directory and the supervisor of rooms are registered.
inline constexpr const char* directory_name = "directory";
inline constexpr const char* rooms_name = "rooms";
/// The topic on which the list of rooms is announced.
inline constexpr const char* rooms_topic = "rooms";
[[nodiscard]] inline std::string topic_of(const std::string& room) {
  return "room:" + room;
}

// From a session to its room.
struct enter {
  websock::runtime::pid who;
  std::string nick;
  bool again; // it was in the room before, when that was another process
};
struct say {
  websock::runtime::pid who;
  std::string text;
};
struct rename {
  websock::runtime::pid who;
  std::string nick;
};

// From a room to one session: you are in, and this is what you missed.
struct welcome {
  websock::runtime::pid room;
  websock::shared_message json;
};
// From a room to its topic. `about` is whom it concerns.
struct event {
  websock::runtime::pid about;
  bool is_join;
  websock::shared_message json;
};

// What a room registers itself with.
struct population {
  std::size_t members;
};
// From a room to the directory: its population is another one.
struct population_changed {
  websock::runtime::pid room;
};
// From the directory to everybody.
struct rooms {
  websock::shared_message json;
};

} // namespace chat
