// The drain of a server or a gateway.
#include "websock/drain.hpp"

#include "websock/connection_host.hpp"
#include "websock/on_shard.hpp"

#include <utility>

namespace websock {

drain_result drain::run(std::vector<connection_host*> hosts, const drain_options& how,
                        std::uint64_t seed) {
  if (hosts.empty() || !hosts.front()->shard().owner().is_running()
      || !begin(std::move(hosts), how, seed))
    return {};
  wait();
  return result();
}

void drain::wait() {
  {
    std::unique_lock lock(mutex_);
    over_.wait(lock, [this] { return running_ == 0; });
  }
  for (auto* each : hosts_)
    run_on(each->shard(), [] {}); // what was posted to it has run: it may be destroyed
}

bool drain::begin(std::vector<connection_host*> hosts, const drain_options& how,
                  std::uint64_t seed, std::function<void()> over) {
  const std::lock_guard lock(mutex_);
  if (!hosts_.empty() || hosts.empty())
    return false;
  hosts_ = std::move(hosts);
  running_ = hosts_.size();
  tell_ = std::move(over);
  const std::size_t batch = (how.batch + hosts_.size() - 1) / hosts_.size();
  for (auto* each : hosts_)
    each->shard().post([this, each, how, batch, own_seed = seed++](runtime::shard&) {
      each->drain(how, batch, own_seed, [this](drain_result part) { arrived(part); });
    });
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
  result_.closed += part.closed;
  result_.killed += part.killed;
  if (--running_ > 0)
    return;
  over_.notify_all();
  if (tell_)
    tell_();
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
