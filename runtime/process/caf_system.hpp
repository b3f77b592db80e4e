// CAF's actor system beside the shards of a node, and what it takes a shard for.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace caf {
class actor_system;
class execution_unit;
} // namespace caf

namespace websock::runtime::detail {

/// One for each node. Its threads end with it.
class caf_system {
public:
  explicit caf_system(std::size_t pool_threads);
  ~caf_system();
  caf_system(const caf_system&) = delete;
  caf_system& operator=(const caf_system&) = delete;

  [[nodiscard]] caf::actor_system& get() noexcept;
  /// Calls `work`, which must not throw, once on a thread of the scheduler.
  void run(std::function<void()> work);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// Forwards every actor that CAF wants to run to CAF's own scheduler: pool actors that a
/// process wakes up never run on a shard.
[[nodiscard]] std::shared_ptr<caf::execution_unit>
make_execution_unit(caf::actor_system& system);

} // namespace websock::runtime::detail
