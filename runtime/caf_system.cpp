// The actor system of a node, as the kernel sees it.
#include "runtime/caf_system.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <utility>

namespace runtime {

namespace {

// The actor system and its configuration, which it refers to.
struct configured_system {
  struct config : caf::actor_system_config {
    explicit config(std::size_t threads) {
      // Not work stealing: its idle workers answer a message an order of magnitude later.
      set("scheduler.policy", caf::atom("sharing"));
      set("scheduler.max-threads", threads);
    }
  };

  explicit configured_system(std::size_t threads) : options(threads), system(options) {}

  config options;
  caf::actor_system system;
};

class scheduler_unit final : public caf::execution_unit {
public:
  explicit scheduler_unit(caf::actor_system& system) : caf::execution_unit(&system) {}
  void exec_later(caf::resumable* actor) override { system().scheduler().enqueue(actor); }
};

// CAF runs it as it runs an actor; it has one owner, who is done with it after that.
class pool_job final : public caf::resumable {
public:
  explicit pool_job(std::function<void()> work) : work_(std::move(work)) {}
  subtype_t subtype() const override { return function_object; }
  // Not instrumented, so that ThreadSanitizer records no caller of `work_` within libcaf:
  // what that runs is not silenced by cmake/tsan.supp.
  [[gnu::no_sanitize_thread]] resume_result resume(caf::execution_unit*,
                                                   std::size_t) override {
    work_();
    return done;
  }
  void intrusive_ptr_add_ref_impl() override {}
  void intrusive_ptr_release_impl() override { delete this; }

private:
  std::function<void()> work_;
};

} // namespace

std::shared_ptr<caf::actor_system> make_actor_system(std::size_t pool_threads) {
  const auto made = std::make_shared<configured_system>(pool_threads);
  return {made, &made->system};
}

std::shared_ptr<caf::execution_unit> make_execution_unit(caf::actor_system& system) {
  return std::make_shared<scheduler_unit>(system);
}

void run_in_scheduler(caf::actor_system& system, std::function<void()> work) {
  system.scheduler().enqueue(new pool_job(std::move(work)));
}

} // namespace runtime
