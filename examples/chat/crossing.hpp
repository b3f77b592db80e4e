// The chat on several nodes: what it tells the other nodes, and how it joins them.
#pragma once

#include "websock/runtime/cluster.hpp"

namespace chat {

/// The messages between sessions, rooms and directories cross from now on.
void register_words();

/// For the node of this name and the others', as in "b@127.0.0.1".
[[nodiscard]] websock::cluster_options cluster_of(const std::string& name,
                                                  const std::string& cookie_file,
                                                  const std::vector<std::string>& others,
                                                  std::uint16_t epmd_port);

} // namespace chat
