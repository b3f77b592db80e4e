// What crosses to other nodes.
#include "examples/chat/crossing.hpp"

#include "websock/runtime/register_message.hpp"

#include "examples/chat/rooms_elsewhere.hpp"
#include "examples/chat/words.hpp"

#include <optional>
#include <string>

/// JSON that is encoded once for all visitors of a node: a binary between nodes.
template <>
struct websock::runtime::distribution::codec<websock::shared_message> {
  static void write(encoding& to, const websock::shared_message& value) {
    to.out.binary(value.payload());
  }
  [[nodiscard]] static std::optional<websock::shared_message> read(decoding& from) {
    const auto text = codec<std::string>::read(from);
    return text ? std::optional(websock::share(websock::text(*text))) : std::nullopt;
  }
};

namespace chat {

using websock::runtime::register_message;

void register_words() {
  register_message<enter>("enter", &enter::who, &enter::nick, &enter::again);
  register_message<say>("say", &say::who, &say::text);
  register_message<rename>("rename", &rename::who, &rename::nick);
  register_message<welcome>("welcome", &welcome::room, &welcome::json);
  register_message<event>("event", &event::room, &event::about, &event::is_join,
                          &event::json);
  register_message<room_entry>("room", &room_entry::name, &room_entry::who,
                               &room_entry::members);
  register_message<rooms_here>("rooms", &rooms_here::directory, &rooms_here::node,
                               &rooms_here::rooms);
}

websock::cluster_options cluster_of(const std::string& name,
                                    const std::string& cookie_file,
                                    const std::vector<std::string>& others,
                                    std::uint16_t epmd_port) {
  websock::cluster_options options;
  options.name = name;
  options.cookie_file = cookie_file;
  options.nodes = others;
  options.epmd_port = epmd_port;
  options.exported_names = {directory_name};
  return options;
}

} // namespace chat
