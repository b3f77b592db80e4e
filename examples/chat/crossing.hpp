// The chat on several nodes: what crosses, and how a node joins the others.
#pragma once

#include "websock/runtime/cluster.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace chat {

/// The lines between archives cross from now on.
void register_lines();

/// For the node of this name and the others', as in "b@127.0.0.1".
[[nodiscard]] websock::cluster_options cluster_of(const std::string& name,
                                                  const std::string& cookie_file,
                                                  const std::vector<std::string>& others,
                                                  std::uint16_t epmd_port);

} // namespace chat
