// The supervision tree.
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

runtime::supervisor_options tree(const house& of) {
  const runtime::dynamic_supervisor_options of_rooms{.max_restarts = most_room_restarts,
                                                     .max_period = restart_period,
                                                     .name = rooms_name};
  return {.strategy = runtime::one_for_one,
          .children = {runtime::child<runtime::dynamic_supervisor>("rooms", {}, of_rooms),
                       runtime::child<directory>("directory", {}, of.rooms)}};
}

} // namespace chat
