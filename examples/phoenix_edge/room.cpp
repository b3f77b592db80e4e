// What is said in a room.
#include "examples/phoenix_edge/room.hpp"

#include "websock/phoenix.hpp"

#include "examples/phoenix_edge/user_socket.hpp"

namespace phoenix_edge {

namespace {

constexpr std::size_t longest_line = 2'000; // octets

} // namespace

websock::join_result room::join(std::string_view topic, const payload&) {
  return ok({{"topic", topic}, {"name", socket<user_socket>().who().name}});
}

websock::channel_result room::handle_in(std::string_view event, const payload& in) {
  if (event != "new_msg")
    return reply_error({{"reason", "unknown event"}});
  const auto body = in["body"];
  if (!body.is_string() || body == "")
    return reply_error({{"reason", "a line has a body"}});
  if (body.get_ref<const std::string&>().size() > longest_line)
    return reply_error({{"reason", "a line has at most 2,000 octets"}});
  const auto& who = socket<user_socket>().who();
  broadcast("new_msg",
            {{"id", who.id}, {"name", who.name}, {"body", body}, {"via", edge_}});
  return reply();
}

// Phoenix.PubSub.broadcast(MyApp.PubSub, "room:1", {:anything, ...})
websock::channel_result room::handle_info(websock::runtime::term info) {
  if (const auto* const said = info.get_if<websock::runtime::etf::value>())
    push("term", {{"text", to_string(*said)}});
  return noreply();
}

} // namespace phoenix_edge
