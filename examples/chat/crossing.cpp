// What crosses to other nodes.
#include "examples/chat/crossing.hpp"

#include "websock/runtime/register_message.hpp"

#include "examples/chat/archive.hpp"

namespace chat {

void register_lines() {
  websock::runtime::register_message<line_elsewhere>(
      "chat_line", &line_elsewhere::room, &line_elsewhere::id, &line_elsewhere::name,
      &line_elsewhere::text, &line_elsewhere::at);
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
  return options;
}

} // namespace chat
