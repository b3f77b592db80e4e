// Starting the process of a scope, once and again.
#include "scope_keeper.hpp"

#include "../address/send.hpp"
#include "../process/node.hpp"
#include "../process/process.hpp"
#include "hub.hpp"
#include "remote_groups.hpp"

#include <utility>

namespace websock::runtime::distribution {

pid start_scope(const joined_scope& what) {
  auto& owner = what.cluster->owner();
  const auto process =
      owner.spawn<remote_groups>(what.cluster, what.name, what.groups, what.called);
  try {
    owner.register_name(what.name, process);
    what.cluster->export_name(what.name);
    send(process, remote_groups::named{});
  } catch (...) {
    owner.exit(process, reason::shutdown); // and so its name goes
    throw;
  }
  return process;
}

scope_keeper::scope_keeper(joined_scope what, pid process)
    : what_(std::move(what)), process_(std::move(process)) {
}

void scope_keeper::on_start() {
  self().trap_exit(true);
  monitor_ = self().monitor(process_);
}

void scope_keeper::on_message(term message) {
  message.match(
      [this](const down& gone) {
        if (gone.ref == monitor_)
          restart();
      },
      [this](const exit_signal& signal) {
        is_ending_ |= !signal.from;
        if (is_ending_)
          what_.cluster->owner().exit(process_, reason::shutdown); // from no process
      },
      [](otherwise) {});
}

void scope_keeper::restart() {
  if (is_ending_ || what_.cluster->owner().stops())
    process::exit(reason::shutdown);
  if (!restarts_.add(self().now())) {
    what_.cluster->log(log_level::error,
                       "process groups \"" + what_.name
                           + "\": its process ends again and again, and "
                             "is not started any more");
    process::exit(reason::shutdown);
  }
  process_ = start_scope(what_);
  monitor_ = self().monitor(process_);
}

} // namespace websock::runtime::distribution
