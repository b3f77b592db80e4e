// The drain of a server or a gateway.
#include "websock/drain.hpp"

#include "websock/connection_host.hpp"
#include "websock/on_shard.hpp"

#include <utility>

namespace websock {

drain_result drain::run(std::vector<connection_host*> hosts, const drain_options& how,
                        std::uint64_t seed) {
  if (!hosts_.empty() || hosts.empty() || !hosts.front()->shard().owner().is_running())
    return {};
  {
    const std::lock_guard lock(mutex_);
    hosts_ = std::move(hosts);
    running_ = hosts_.size();
  }
  const std::size_t batch = (how.batch + hosts_.size() - 1) / hosts_.size();
  for (auto* each : hosts_)
    run_on(each->shard(), [&, own_seed = seed++] {
      each->drain(how, batch, own_seed, [this](drain_result part) { arrived(part); });
    });
  {
    std::unique_lock lock(mutex_);
    if (is_cut_short_)
      give_up();
    over_.wait(lock, [this] { return running_ == 0; });
  }
  for (auto* each : hosts_)
    run_on(each->shard(), [] {}); // what was posted to it has run: it may be destroyed
  return result_;
}

void drain::arrived(drain_result part) {
  const std::lock_guard lock(mutex_);
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

// Posts only: the lock is held, and a shard that has drained its host wants it.
void drain::give_up() {
  for (auto* each : hosts_)
    each->shard().post([each](runtime::shard&) { each->give_up(); });
}

} // namespace websock
