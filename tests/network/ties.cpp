// Counts the ends of ties.
#include "tests/network/ties.hpp"

#include "tests/network/tell.hpp"

namespace network {

namespace {

[[nodiscard]] bool is_loss(const runtime::exit_reason& why) {
  return why == runtime::exit_reason(runtime::reason::noconnection);
}

} // namespace

void ties::make(runtime::process& self, const std::vector<runtime::pid>& all) {
  for (const auto& each : all) {
    auto& with = nodes_[node_of(each)];
    self.link(each);
    with.links.insert(each);
    with.monitors.insert(self.monitor(each));
  }
}

void ties::take(const runtime::exit_signal& signal) {
  const auto name = node_of(signal.from);
  auto& with = nodes_[name];
  if (with.links.erase(signal.from) == 0)
    return tell("surplus", to_string(signal));
  ++(is_loss(signal.reason) ? with.exits : with.others);
  look(name, with);
}

void ties::take(const runtime::down& signal) {
  const auto name = node_of(signal.who);
  auto& with = nodes_[name];
  if (with.monitors.erase(signal.ref) == 0)
    return tell("surplus", to_string(signal));
  ++(is_loss(signal.reason) ? with.downs : with.others);
  look(name, with);
}

void ties::look(const std::string& name, of_node& with) {
  if (!with.links.empty() || !with.monitors.empty())
    return;
  tell("broken", name, with.exits, with.downs, with.others);
  with = {};
}

} // namespace network
