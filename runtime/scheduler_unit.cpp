// What CAF takes a shard for.
#include "runtime/scheduler_unit.hpp"

#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

namespace runtime {

namespace {

class scheduler_unit final : public caf::execution_unit {
public:
  explicit scheduler_unit(caf::actor_system& system) : caf::execution_unit(&system) {}
  void exec_later(caf::resumable* actor) override { system().scheduler().enqueue(actor); }
};

} // namespace

std::shared_ptr<caf::execution_unit> make_execution_unit(caf::actor_system& system) {
  return std::make_shared<scheduler_unit>(system);
}

} // namespace runtime
