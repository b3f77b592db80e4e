// Joining the list of rooms.
#include "examples/chat/room_list.hpp"

#include "examples/chat/directory.hpp"
#include "examples/chat/person.hpp"

namespace chat {

namespace runtime = websock::runtime;
using namespace std::chrono_literals;

// A room that is new in between is announced at its next line.
websock::join_result room_list::join(std::string_view, const payload&) {
  if (!socket<person>().may_join(self().now()))
    co_return refuse({{"reason", "Too fast. Wait a moment."}});
  try {
    const auto list =
        co_await self().call<json>(self().whereis(directory_name), 5s, largest_rooms{});
    co_return ok({{"rooms", list}});
  } catch (const runtime::call_failed&) {
  }
  co_return refuse({{"reason", "The server is busy. Try again."}});
}

} // namespace chat
