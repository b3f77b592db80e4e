// Timers that send a message.
#include "runtime/send_timers.hpp"

#include "runtime/node.hpp"
#include "runtime/process.hpp"
#include "runtime/send.hpp"
#include "runtime/shard.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace runtime {

class send_timers::entry final : public timer {
public:
  entry(send_timers& owner, form kind, timer_target to, term payload)
      : target(std::move(to)), message(std::move(payload)), what(kind), owner_(owner) {}
  ~entry() override {
    if (signal != nullptr)
      signal->dispose();
  }

  void expire(time_point) override { owner_.fire(ref); }

  /// What the timer is for. Not to be called under the lock: it may run a process's code.
  void deliver() {
    const pid to =
        target.name.empty() ? target.to : owner_.shard_.owner().whereis(target.name);
    if (what == form::signal)
      detail::deliver(*to.local(), std::exchange(signal, nullptr));
    else if (what == form::with_reference)
      detail::send_kept(to, timer_expired{ref, message});
    else
      detail::send_kept(to, message);
  }

  reference ref;
  const timer_target target;
  const term message;
  detail::signal* signal = nullptr; // owned, when that is what is sent
  const form what;
  duration interval{};
  time_point due; // the queue's own is its shard's; this one is under the lock

private:
  send_timers& owner_;
};

namespace {

// Erlang cancels a timer when its process dies; here it is forgotten when somebody asks.
[[nodiscard]] bool is_pointless(const timer_target& target) {
  const process* local = target.to.local();
  return target.name.empty() && local != nullptr && !local->is_alive();
}

} // namespace

send_timers::send_timers(shard& on) noexcept : shard_(on) {
}

send_timers::~send_timers() {
  for (auto& [ref, running] : running_)
    shard_.timers().disarm(*running);
}

reference send_timers::send_after(duration delay, timer_target target, term message) {
  return arm(form::bare, delay, std::move(target), std::move(message));
}

reference send_timers::start(duration delay, timer_target target, term message) {
  return arm(form::with_reference, delay, std::move(target), std::move(message));
}

reference send_timers::send_interval(duration interval, timer_target target,
                                     term message) {
  if (interval <= duration::zero())
    throw std::invalid_argument("send_interval: the interval must be more than zero");
  return arm(form::repeated, interval, std::move(target), std::move(message));
}

reference send_timers::send_signal(duration delay, pid to, detail::signal* signal) {
  auto added = std::make_shared<entry>(*this, form::signal, std::move(to), term());
  added->signal = signal;
  return arm(std::move(added), delay);
}

reference send_timers::arm(form what, duration delay, timer_target target, term message) {
  return arm(std::make_shared<entry>(*this, what, std::move(target), std::move(message)),
             delay);
}

reference send_timers::arm(std::shared_ptr<entry> added, duration delay) {
  const auto ref = added->ref = shard_.make_reference();
  added->interval = delay;
  // The clock itself: the round's time may be old by now, and a timer is never early.
  const auto now = shard_.read_clock();
  added->due = now + std::clamp(delay, duration::zero(), time_point::max() - now);
  shard_.timers().arm(*added, added->due);
  const std::lock_guard lock(mutex_);
  running_.emplace(ref, std::move(added));
  return ref;
}

void send_timers::fire(reference ref) {
  std::shared_ptr<entry> fired;
  {
    const std::lock_guard lock(mutex_);
    const auto found = running_.find(ref);
    if (found == running_.end())
      return; // cancelled by another shard, whose task to disarm it is still on its way
    fired = found->second;
    if (fired->what == form::repeated && !is_pointless(fired->target)) {
      fired->due += fired->interval; // from when it was due: it does not drift
      shard_.timers().arm(*fired, fired->due);
    } else {
      running_.erase(found);
    }
  }
  fired->deliver();
}

std::optional<duration> send_timers::cancel(reference ref) {
  std::shared_ptr<entry> cancelled;
  {
    const std::lock_guard lock(mutex_);
    const auto found = running_.find(ref);
    if (found == running_.end())
      return std::nullopt;
    cancelled = std::move(found->second);
    running_.erase(found);
  }
  const auto left = std::max(cancelled->due - shard_.read_clock(), duration::zero());
  const bool counts = !is_pointless(cancelled->target);
  disarm_later(std::move(cancelled));
  return counts ? std::optional(left) : std::nullopt;
}

void send_timers::disarm_later(std::shared_ptr<entry> cancelled) {
  if (shard_.is_current())
    shard_.timers().disarm(*cancelled);
  else
    shard_.post([cancelled = std::move(cancelled)](shard& on) {
      on.timers().disarm(*cancelled);
    });
}

std::optional<duration> send_timers::read(reference ref) const {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(ref);
  if (found == running_.end() || is_pointless(found->second->target))
    return std::nullopt;
  return std::max(found->second->due - shard_.read_clock(), duration::zero());
}

std::size_t send_timers::size() const {
  const std::lock_guard lock(mutex_);
  return running_.size();
}

} // namespace runtime
