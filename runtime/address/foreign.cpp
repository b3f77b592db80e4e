// What is sent to a pid that is no process of this node: by which way it goes.
#include "exit_signals.hpp"
#include "gen_call.hpp"
#include "local_only.hpp"
#include "name_at.hpp"
#include "remote_process.hpp"
#include "send.hpp"

#include <stdexcept>
#include <utility>

namespace websock::runtime::detail {

void throw_not_local(const char* operation, const pid& who) {
  throw std::invalid_argument(std::string(operation) + ": " + to_string(who)
                              + " is a process of another node");
}

std::string_view node_of(const pid& server) noexcept {
  const auto* const remote = find_remote(server);
  return remote == nullptr ? std::string_view() : remote->node_name();
}

std::string_view node_of(const name_at& server) noexcept {
  return server.node;
}

void deliver_foreign(const pid& to, term message) {
  if (auto* remote = find_remote(to))
    remote->send(std::move(message));
  else
    deliver_to_actor(to, std::move(message));
}

void exit_foreign(const pid& to, const pid& from, const exit_reason& why) {
  if (auto* remote = find_remote(to))
    remote->exit(from, why);
  else
    exit_actor(to, from, why);
}

} // namespace websock::runtime::detail
