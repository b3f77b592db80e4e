// Drains a server or a gateway.
#include "websock/serve/drain.hpp"

#include "websock/connection/connection_host.hpp"
#include "websock/runtime/process/run_on_shard.hpp"

#include <cassert>
#include <functional>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace websock {

namespace {

/// The order for one host. All are allocated up front, so that the drain begins on every
/// shard or on none.
class order final : public runtime::detail::shard_task {
public:
  explicit order(std::function<void()> work)
      : shard_task(runtime::detail::signal_kind::event), work_(std::move(work)) {}
  void run(runtime::shard& on) override {
    std::unique_ptr<order> own(this);
    try {
      work_();
    } catch (
        const std::bad_alloc&) { // retry in a later round: memory may be free by then
      on.post_task(*own.release());
    }
  }
  void dispose() noexcept override { delete this; }

private:
  const std::function<void()> work_;
};

} // namespace

drain_result drain::run(std::vector<connection_host*> hosts, const drain_options& how,
                        std::uint64_t seed) {
  if (hosts.empty() || !hosts.front()->shard().owner().is_running()
      || !begin(std::move(hosts), how, seed))
    return {};
  wait();
  return result();
}

void drain::wait() {
  assert((hosts_.empty() || !hosts_.front()->shard().owner().runs_here())
         && "a shard does not wait for others");
  {
    std::unique_lock lock(mutex_);
    over_.wait(lock, [this] { return running_ == 0; });
  }
  // Once these have run, so has everything posted earlier: the hosts may be destroyed.
  for (auto* each : hosts_)
    runtime::run_on_shard(each->shard(), [] {});
}

bool drain::begin(std::vector<connection_host*> hosts, const drain_options& how,
                  std::uint64_t seed, std::function<void()> over) {
  const std::lock_guard lock(mutex_);
  if (!hosts_.empty() || hosts.empty())
    return false;
  const std::size_t batch = (how.batch + hosts.size() - 1) / hosts.size();
  std::vector<std::unique_ptr<order>> orders;
  for (auto* each : hosts)
    orders.push_back(std::make_unique<order>([this, each, how, batch, own = seed++] {
      each->drain(how, batch, own, [this](drain_result part) { arrived(part); });
    }));
  hosts_ = std::move(hosts);
  running_ = hosts_.size();
  tell_ = std::move(over);
  for (std::size_t i = 0; i < orders.size(); ++i)
    hosts_[i]->shard().post_task(*orders[i].release());
  if (is_cut_short_)
    give_up();
  return true;
}

drain_result drain::result() const {
  const std::lock_guard lock(mutex_);
  return result_;
}

void drain::arrived(drain_result part) {
  const std::lock_guard lock(mutex_);
  if (running_ == 1 && tell_)
    tell_(); // may throw, and is called again if so
  result_.closed += part.closed;
  result_.killed += part.killed;
  if (--running_ == 0)
    over_.notify_all();
}

void drain::cut_short() {
  const std::lock_guard lock(mutex_);
  is_cut_short_ = true;
  if (running_ > 0)
    give_up();
}

// Only posts: the caller holds the lock, and a shard that has drained its host needs it.
void drain::give_up() {
  for (auto* each : hosts_)
    each->shard().post([each](runtime::shard&) { each->give_up(); });
}

} // namespace websock
