// The messages between sessions, rooms and directories. They are plain structs: any
// copyable type can be a message, and crossing.cpp says which cross to other nodes.
#pragma once

#include "websock/message.hpp"
#include "websock/runtime/pid.hpp"

#include "examples/chat/rooms_elsewhere.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace chat {

/// The registered names of the directory and of the rooms' supervisor.
inline constexpr const char* directory_name = "directory";
inline constexpr const char* rooms_name = "rooms";
/// The topic for updates to the list of rooms.
inline constexpr const char* rooms_topic = "rooms";
[[nodiscard]] inline std::string topic_of(const std::string& room) {
  return "room:" + room;
}

// From a session to its room.
struct enter {
  websock::runtime::pid who;
  std::string nick;
  bool again; // it was in the room before the room was restarted
};
struct say {
  websock::runtime::pid who;
  std::string text;
};
struct rename {
  websock::runtime::pid who;
  std::string nick;
};

// From a room to one session: you are in, and here is the recent history.
struct welcome {
  websock::runtime::pid room;
  std::optional<websock::shared_message> json; // empty only while it is read
};
// From a room to its topic. `about` is the member concerned.
struct event {
  websock::runtime::pid room;
  websock::runtime::pid about;
  bool is_join;
  std::optional<websock::shared_message> json; // empty only while it is read
};
// From its directory to a room: another node has a room of its name, which stays.
struct give_way {};

// The value under which a room registers itself.
struct population {
  std::size_t members;
};
// From a room to the directory: its number of members has changed.
struct population_changed {
  websock::runtime::pid room;
};
// From a directory to those of other nodes: the rooms of its node.
struct rooms_here {
  websock::runtime::pid directory;
  std::string node;
  std::vector<room_entry> rooms;
};
// From the directory to everybody on its node.
struct rooms {
  websock::shared_message json;
};

} // namespace chat
