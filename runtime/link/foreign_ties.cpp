// Links and monitors of a process with what is no process of this node: a process of
// another node, a name there, or a CAF actor.
#include "../address/remote_gate.hpp"
#include "../address/remote_process.hpp"
#include "../process/node.hpp"
#include "../process/process_block.hpp"
#include "../process/relations.hpp"
#include "../table/rollback.hpp"
#include "tie_signals.hpp"

#include <memory>
#include <utility>

namespace websock::runtime::detail {

void process_block::link_foreign(const runtime::pid& other) {
  const bool is_new = ties().links.insert(other);
  rollback unlinked([&] {
    if (is_new)
      ties_->links.erase(other);
  });
  auto* const remote = find_remote(other);
  if (remote == nullptr)
    link_actor(other); // CAF knows whether the two are linked
  else if (is_new)
    remote->link(pid());
  unlinked.keep();
}

void process_block::unlink_foreign(const runtime::pid& other) {
  auto* const remote = find_remote(other);
  if (remote == nullptr) {
    ties_->links.erase(other);
    unlink_actor(other);
    return;
  }
  ++ties_->rarely().unlinking[other];
  rollback linked([&] { unlink_acknowledged(other); });
  remote->unlink(pid());
  linked.keep();
  ties_->links.erase(other);
}

void process_block::unlink_acknowledged(const runtime::pid& by) noexcept {
  auto* const waiting = ties_ && ties_->rare ? ties_->rare->unlinking.find(by) : nullptr;
  if (waiting != nullptr && --*waiting == 0)
    ties_->rare->unlinking.erase(by);
}

void process_block::monitor_foreign(const runtime::pid& other, reference ref) {
  if (auto* const remote = find_remote(other))
    remote->monitor(pid(), ref);
  else
    monitor_actor(other, ref);
}

void process_block::start_monitor_at(reference ref, const name_at& other) {
  auto* const gate = node().gate();
  std::unique_ptr<went_down> unreachable;
  if (gate == nullptr)
    unreachable = std::make_unique<went_down>(
        down{ref, {}, other.name, reason::noconnection, other.node});
  ties().monitors.insert(ref, relations::end({}, other));
  rollback unmonitored([&] { ties_->monitors.erase(ref); });
  if (gate != nullptr)
    gate->monitor(other, pid(), ref);
  else
    deliver_behind(*this, unreachable.release());
  unmonitored.keep();
}

void process_block::demonitor_foreign(const relations::monitored& watched,
                                      reference ref) {
  if (auto* const remote = find_remote(watched.who))
    remote->demonitor(pid(), ref);
  else if (watched.who)
    demonitor_actor(watched.who, ref);
  else if (auto* const gate = gate_to(watched))
    gate->demonitor(*watched.name, pid(), ref);
}

void process_block::demonitor_or_lose(const relations::monitored& watched,
                                      reference ref) noexcept {
  try {
    demonitor_foreign(watched, ref);
  } catch (...) {
    if (auto* const remote = find_remote(watched.who))
      remote->lose();
    else if (auto* const gate = gate_to(watched))
      gate->lose(*watched.name);
  }
}

remote_gate* process_block::gate_to(const relations::monitored& watched) const noexcept {
  const bool is_elsewhere = !watched.who && watched.name && !watched.name->node.empty()
                            && watched.name->node != node().name();
  return is_elsewhere ? node().gate() : nullptr;
}

} // namespace websock::runtime::detail
