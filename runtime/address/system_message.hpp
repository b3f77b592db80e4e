// The messages that the runtime itself sends to processes.
#pragma once

#include "../term/exit_reason.hpp"
#include "../term/reference.hpp"
#include "pid.hpp"

#include <string>

namespace websock::runtime {

/// A trapped exit signal. Source: Erlang's {'EXIT', From, Reason}.
struct exit_signal {
  pid from;
  exit_reason reason;
  friend bool operator==(const exit_signal&, const exit_signal&) = default;
};

/// A monitored process has exited. `name` is set when it was monitored by name, and
/// `node` as well when it was by a `name_at`; on another node `who` is empty then.
/// Source: Erlang's {'DOWN', Ref, process, Pid | {Name, Node}, Reason}.
struct down {
  reference ref;
  pid who;
  std::string name;
  exit_reason reason;
  std::string node = {};
  friend bool operator==(const down&, const down&) = default;
};

[[nodiscard]] inline std::string to_string(const exit_signal& signal) {
  return "exit_signal{" + to_string(signal.from) + ", " + to_string(signal.reason) + "}";
}

[[nodiscard]] inline std::string to_string(const down& signal) {
  auto who = '"' + signal.name + '"';
  if (signal.name.empty())
    who = to_string(signal.who);
  else if (!signal.node.empty())
    who = '{' + signal.name + ", " + signal.node + '}'; // as a name_at
  return "down{" + to_string(signal.ref) + ", " + who + ", " + to_string(signal.reason)
         + "}";
}

} // namespace websock::runtime
