// A second, revocable address of a process, for replies that may arrive too late.
#pragma once

#include "../term/reference.hpp"
#include "pid.hpp"

#include <string>

namespace websock::runtime {

/// Messages to it reach its owner while the alias is active and are dropped afterwards;
/// that is decided on arrival. Source: erlang:alias/0.
struct alias {
  pid owner;
  reference ref;
  friend bool operator==(const alias&, const alias&) = default;
};

[[nodiscard]] inline std::string to_string(const alias& value) {
  return to_string(value.owner) + to_string(value.ref);
}

} // namespace websock::runtime
