// CAF's actor system beside the shards of a node, and a shard as CAF sees it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace caf {
class actor_system;
class execution_unit;
} // namespace caf

namespace websock::runtime::detail {

/// One per node. Owns its threads.
class caf_system {
public:
  explicit caf_system(std::size_t pool_threads);
  ~caf_system();
  caf_system(const caf_system&) = delete;
  caf_system& operator=(const caf_system&) = delete;

  [[nodiscard]] caf::actor_system& get() noexcept;
  /// Calls `work`, which must not throw, once on a thread of CAF's scheduler.
  void run(std::function<void()> work);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// Forwards every actor that CAF wants to run to CAF's own scheduler, so that pool actors
/// woken by a process never run on a shard.
[[nodiscard]] std::shared_ptr<caf::execution_unit>
make_execution_unit(caf::actor_system& system);

} // namespace websock::runtime::detail
