// The server's children.
#include "examples/chat/house.hpp"

#include "websock/runtime/dynamic_supervisor.hpp"

#include "examples/chat/directory.hpp"
#include "examples/chat/room.hpp"
#include "examples/chat/words.hpp"

namespace chat {

using namespace std::chrono_literals;

namespace {
// Counts all rooms together: a room that crashes now and then must not bring the others
// down.
constexpr std::size_t most_room_restarts = 20;
constexpr auto restart_period = 5s;
} // namespace

websock::runtime::child_spec room_child(const house& in, const std::string& name) {
  return websock::runtime::child<room>(name, {.restart = websock::runtime::transient}, in,
                                       name);
}

websock::runtime::child_spec rooms_child() {
  const websock::runtime::dynamic_supervisor_options options{.max_restarts =
                                                                 most_room_restarts,
                                                             .max_period = restart_period,
                                                             .name = rooms_name};
  return websock::runtime::child<websock::runtime::dynamic_supervisor>("rooms", {},
                                                                       options);
}

websock::runtime::child_spec directory_child(const house& of) {
  return websock::runtime::child<directory>("directory", {}, of);
}

} // namespace chat
