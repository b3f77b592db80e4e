// CAF's actor system: its configuration, and a shard as CAF sees it.
#include "../process/caf_system.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <utility>

namespace websock::runtime::detail {

namespace {

struct config : caf::actor_system_config {
  explicit config(std::size_t threads) {
    // Not work stealing, whose idle workers answer a message ten times later.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", threads);
  }
};

class scheduler_unit final : public caf::execution_unit {
public:
  explicit scheduler_unit(caf::actor_system& system) : caf::execution_unit(&system) {}
  void exec_later(caf::resumable* actor) override { system().scheduler().enqueue(actor); }
};

// CAF runs it like an actor. Its one owner no longer needs it after that.
class pool_job final : public caf::resumable {
public:
  explicit pool_job(std::function<void()> work) : work_(std::move(work)) {}
  subtype_t subtype() const override { return function_object; }
  // Not instrumented, so that ThreadSanitizer sees no caller of `work_` within libcaf,
  // and cmake/tsan.supp does not suppress what it runs.
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

struct caf_system::parts {
  explicit parts(std::size_t threads) : options(threads), system(options) {}

  config options; // the system keeps a reference to it
  caf::actor_system system;
};

caf_system::caf_system(std::size_t pool_threads)
    : parts_(std::make_unique<parts>(pool_threads)) {
}

caf_system::~caf_system() = default;

caf::actor_system& caf_system::get() noexcept {
  return parts_->system;
}

void caf_system::run(std::function<void()> work) {
  parts_->system.scheduler().enqueue(new pool_job(std::move(work)));
}

std::shared_ptr<caf::execution_unit> make_execution_unit(caf::actor_system& system) {
  return std::make_shared<scheduler_unit>(system);
}

} // namespace websock::runtime::detail
