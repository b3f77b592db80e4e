// What CAF takes a shard for: an execution unit.
#pragma once

#include <functional>
#include <memory>

namespace caf {
class actor_system;
class execution_unit;
} // namespace caf

namespace runtime {

/// Forwards every actor that CAF wants to run to CAF's own scheduler: pool actors that a
/// process wakes up never run on a shard.
[[nodiscard]] std::shared_ptr<caf::execution_unit>
make_execution_unit(caf::actor_system& system);

/// Calls `work` once on a thread of the scheduler.
void run_in_scheduler(caf::actor_system& system, std::function<void()> work);

} // namespace runtime
