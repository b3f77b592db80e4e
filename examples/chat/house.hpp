// The house: how rooms are found and created, and what the server supervises.
#pragma once

#include "websock/runtime/child_spec.hpp"
#include "websock/runtime/registry.hpp"

#include "examples/chat/rooms_elsewhere.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace chat {

/// What rooms, the directory and sessions share. A value type: copies share one registry.
struct house {
  websock::runtime::registry rooms{
      websock::runtime::registry::keys_are::unique}; // keyed by room name
  rooms_elsewhere elsewhere{};
  std::vector<std::string> other_nodes{}; // whose directories are told of our rooms
  std::size_t most_rooms = 1'000;         // at this limit, nobody can create another
  bool crashable = false;                 // whether the line "/crash" crashes its room
};

/// A room under the rooms' supervisor: restarted after a crash, but not after it retires.
[[nodiscard]] websock::runtime::child_spec room_child(const house& in,
                                                      const std::string& name);

/// The rooms' supervisor, which starts them on demand.
[[nodiscard]] websock::runtime::child_spec rooms_child();
/// The directory. A crash there does not affect the rooms, nor theirs the directory.
[[nodiscard]] websock::runtime::child_spec directory_child(const house& of);

} // namespace chat
