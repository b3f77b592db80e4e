// A second address of a process, which can be taken back: for replies that may come too
// late.
#pragma once

#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/term/reference.hpp"

#include <string>

namespace websock::runtime {

/// Sending to it reaches its owner while the alias is active, and nobody afterwards: that
/// is decided when the message arrives. Source: erlang:alias/0.
struct alias {
  pid owner;
  reference ref;
  friend bool operator==(const alias&, const alias&) = default;
};

[[nodiscard]] inline std::string to_string(const alias& value) {
  return to_string(value.owner) + to_string(value.ref);
}

} // namespace websock::runtime
