// The messages between sessions, rooms and the directory. Plain structs: any copyable
// type is one.
#pragma once

#include "runtime/pid.hpp"
#include "websock/message.hpp"

#include <cstddef>
#include <string>

namespace chat {

/// The name under which the directory is registered.
inline constexpr const char* directory_name = "directory";
/// The topic on which the list of rooms is announced.
inline constexpr const char* rooms_topic = "rooms";
[[nodiscard]] inline std::string topic_of(const std::string& room) {
  return "room:" + room;
}

// From a session to the directory, which passes it on to the room.
struct enter {
  std::string room;
  runtime::pid who;
  std::string nick;
};

// From a session to its room.
struct say {
  runtime::pid who;
  std::string text;
};
struct rename {
  runtime::pid who;
  std::string nick;
};

// From a room to one session: you are in, and this is what you missed.
struct welcome {
  runtime::pid room;
  websock::shared_payload json;
};
// From a room to its topic. `about` is whom it concerns.
struct event {
  runtime::pid about;
  bool is_join;
  websock::shared_payload json;
};

// From a room to the directory, and from the directory to everybody.
struct population {
  std::string room;
  std::size_t members;
};
struct rooms {
  websock::shared_payload json;
};
// From the directory to a room that nobody has been in for a while.
struct retire {};

} // namespace chat
