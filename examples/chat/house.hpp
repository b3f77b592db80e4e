// The house: how rooms are found and made, and what the server supervises.
#pragma once

#include "websock/runtime/child_spec.hpp"
#include "websock/runtime/registry.hpp"

#include <cstddef>
#include <string>

namespace chat {

/// What rooms, directory and sessions have in common. A value: copies share the registry.
struct house {
  websock::runtime::registry rooms{
      websock::runtime::registry::keys_are::unique}; // by the room's name
  std::size_t most_rooms = 1'000;                    // beyond, nobody makes another one
  bool crashable = false;                            // the line "/crash" crashes its room
};

/// A room under the supervisor of rooms: started again after a crash, not after it has
/// retired.
[[nodiscard]] websock::runtime::child_spec room_child(const house& in,
                                                      const std::string& name);

/// The supervisor of rooms, which starts them on demand.
[[nodiscard]] websock::runtime::child_spec rooms_child();
/// The directory. Either lives on when the other crashes.
[[nodiscard]] websock::runtime::child_spec directory_child(const house& of);

} // namespace chat
