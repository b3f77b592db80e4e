// Drains a server or a gateway.
#include "websock/serve/drain.hpp"

#include "websock/connection/connection_host.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/run_on_shard.hpp"
#include "websock/runtime/telemetry/event.hpp"
#include "websock/telemetry/server_events.hpp"

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
  if (hosts.empty())
    return false;
  auto& table = hosts.front()->shard().owner().events();
  const bool is_first = give_orders(std::move(hosts), how, seed, std::move(over));
  if (is_first)
    table.tell(events::drain_start, [] { return runtime::event_facts{}; });
  return is_first;
}

bool drain::give_orders(std::vector<connection_host*> hosts, const drain_options& how,
                        std::uint64_t seed, std::function<void()> over) {
  const std::lock_guard lock(mutex_);
  if (!hosts_.empty())
    return false;
  const std::size_t batch = (how.batch + hosts.size() - 1) / hosts.size();
  std::vector<std::unique_ptr<order>> orders;
  for (auto* each : hosts)
    orders.push_back(std::make_unique<order>([this, each, how, batch, own = seed++] {
      each->drain(how, batch, own, [this](drain_result part) { arrived(part); });
    }));
  hosts_ = std::move(hosts);
  running_ = hosts_.size();
  told_.shards_left = running_;
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

// Told first: afterwards nothing may wait for this object any more.
void drain::arrived(drain_result part) {
  tell_progress(part);
  const std::lock_guard lock(mutex_);
  if (running_ == 1 && tell_)
    tell_(); // may throw, and is called again if so
  result_.closed += part.closed;
  result_.killed += part.killed;
  if (--running_ == 0)
    over_.notify_all();
}

drain::progress drain::note(drain_result part) {
  const std::lock_guard lock(mutex_);
  told_.done.closed += part.closed;
  told_.done.killed += part.killed;
  if (told_.shards_left > 0)
    --told_.shards_left;
  return told_;
}

// Outside the lock, as handlers run here.
void drain::tell_progress(drain_result part) noexcept {
  const auto now = note(part);
  const auto name = now.shards_left == 0 ? events::drain_stop : events::drain_progress;
  hosts_.front()->shard().owner().events().tell(name, [&now] {
    return runtime::event_facts{{{"closed", now.done.closed},
                                 {"killed", now.done.killed},
                                 {"shards_left", now.shards_left}},
                                {}};
  });
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
