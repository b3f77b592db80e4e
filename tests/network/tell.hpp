// Lines for the script that runs the nodes.
#pragma once

#include "websock/runtime/pid.hpp"

#include <iostream>
#include <sstream>
#include <string>

namespace network {

/// One line of these words. Any thread.
template <class... Words>
void tell(const Words&... words) {
  std::ostringstream line;
  const char* between = "";
  ((line << between << words, between = " "), ...);
  line << '\n';
  std::cout << line.str() << std::flush;
}

/// The node of a process of another node: of <name@host.id.serial>.
[[nodiscard]] inline std::string node_of(const websock::runtime::pid& who) {
  const auto shown = to_string(who);
  const auto serial = shown.rfind('.');
  return shown.substr(1, shown.rfind('.', serial - 1) - 1);
}

} // namespace network
