// The children of the server.
#include "examples/chat/house.hpp"

#include "runtime/dynamic_supervisor.hpp"

#include "examples/chat/directory.hpp"
#include "examples/chat/room.hpp"
#include "examples/chat/words.hpp"

namespace chat {

using namespace std::chrono_literals;

namespace {
// Of all rooms together: one that crashes now and then must not cost the others theirs.
constexpr std::size_t most_room_restarts = 20;
constexpr auto restart_period = 5s;
} // namespace

runtime::child_spec room_child(const house& in, const std::string& name) {
  return runtime::child<room>(name, {.restart = runtime::transient}, in, name);
}

runtime::child_spec rooms_child() {
  const runtime::dynamic_supervisor_options options{.max_restarts = most_room_restarts,
                                                    .max_period = restart_period,
                                                    .name = rooms_name};
  return runtime::child<runtime::dynamic_supervisor>("rooms", {}, options);
}

runtime::child_spec directory_child(const house& of) {
  return runtime::child<directory>("directory", {}, of.rooms);
}

} // namespace chat
