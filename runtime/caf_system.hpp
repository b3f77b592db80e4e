// What a node and its shards need of CAF: its actor system, what it takes a shard for,
// its pool. No header of CAF is needed here.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace caf {
class actor_system;
class execution_unit;
} // namespace caf

namespace runtime {

/// The actor system of a node, whose pool has so many threads.
[[nodiscard]] std::shared_ptr<caf::actor_system>
make_actor_system(std::size_t pool_threads);

/// What CAF takes a shard for: forwards every actor that CAF wants to run to CAF's own
/// scheduler: pool actors that a process wakes up never run on a shard.
[[nodiscard]] std::shared_ptr<caf::execution_unit>
make_execution_unit(caf::actor_system& system);

/// Calls `work` once on a thread of the scheduler.
void run_in_scheduler(caf::actor_system& system, std::function<void()> work);

} // namespace runtime
