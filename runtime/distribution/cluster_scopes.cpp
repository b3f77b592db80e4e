// Which scopes of process groups a cluster has joined.
#include "../process/node.hpp"
#include "../server/thread_process.hpp"
#include "../table/rollback.hpp"
#include "cluster.hpp"
#include "hub.hpp"
#include "scope_keeper.hpp"

#include <utility>

namespace websock::runtime {

void cluster::join_scope(const std::string& scope, process_group::scope groups,
                         group_names called) {
  auto& owner = hub_->owner();
  distribution::joined_scope what{hub_, scope, std::move(groups), called};
  const auto process = distribution::start_scope(what);
  detail::rollback unkept([&] { owner.exit(process, reason::shutdown); });
  const std::lock_guard lock(scopes_mutex_);
  auto& place = scopes_[scope];
  place = owner.spawn<distribution::scope_keeper>(std::move(what), process);
  unkept.keep();
}

bool cluster::leave_scope(const std::string& scope) {
  const std::lock_guard lock(scopes_mutex_);
  const auto found = scopes_.extract(scope);
  if (found.empty())
    return false;
  hub_->owner().exit(found.mapped(), reason::shutdown);
  return true;
}

// Waits, so that the next cluster of the node may use the names.
void cluster::leave_scopes() {
  auto& owner = hub_->owner();
  if (scopes_.empty() || !owner.is_running())
    return;
  try {
    thread_process here(owner);
    for (const auto& [scope, process] : std::exchange(scopes_, {})) {
      const auto ref = here.monitor(process);
      owner.exit(process, reason::shutdown);
      here.receive(duration::max(), [&](const down& gone) { return gone.ref == ref; });
    }
  } catch (...) { // the node stops meanwhile, which ends them as well
    owner.log_thrown("cluster: scopes of process groups", log_level::debug);
  }
}

} // namespace websock::runtime
