// Timers that send a message.
#include "send_timers.hpp"

#include "../address/local_only.hpp"
#include "../address/send.hpp"
#include "../table/rollback.hpp"
#include "membership.hpp"
#include "node.hpp"
#include "process_block.hpp"
#include "shard.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <chrono>
#include <new>
#include <stdexcept>
#include <utility>

namespace websock::runtime {

namespace {
constexpr std::chrono::milliseconds pause{100}; // before retrying without memory
}

class send_timers::entry final : public timer {
public:
  entry(send_timers& owner, form kind, timer_target destination, term payload)
      : target(std::move(destination)), message(std::move(payload)), shape(kind),
        owner_(owner) {}
  ~entry() override {
    if (signal != nullptr)
      signal->dispose();
  }

  void expire(time_point) override { owner_.fire(ref); }
  [[nodiscard]] pid receiver() const {
    return target.name.empty() ? target.to : owner_.shard_.owner().whereis(target.name);
  }

  reference ref;
  const timer_target target;
  const term message;
  detail::signal* signal = nullptr; // owned; for form::signal
  const form shape;
  std::atomic<bool> is_cancelled{false};
  duration interval{};
  time_point due;          // guarded by the lock; the timer queue's own is its shard's
  entry* before = nullptr; // the previous timer of the same process
  entry* after = nullptr;
  entry** last = nullptr;      // in by_target_, whose nodes do not move
  std::shared_ptr<entry> next; // in the list of cancelled entries

private:
  send_timers& owner_;
};

/// One message of an interval, in transit: it counts only if the timer still runs on
/// arrival.
class send_timers::beat final : public detail::signal {
public:
  explicit beat(std::shared_ptr<entry> source)
      : signal(detail::signal_kind::control), timer_(std::move(source)) {}
  void handle(detail::process_block& target) override {
    const std::unique_ptr<beat> own(this);
    if (!timer_->is_cancelled)
      detail::send_kept(target.pid(), timer_->message);
  }
  void dispose() noexcept override { delete this; }

private:
  const std::shared_ptr<entry> timer_;
};

/// Reports processes of other shards that have exited. They share ownership, so it may
/// outlive the shard.
class send_timers::deaths final : public detail::membership {
public:
  explicit deaths(send_timers& timers) noexcept : timers_(&timers) {}
  void forget(const pid& who) noexcept override {
    std::shared_ptr<entry> gone;
    {
      const std::lock_guard lock(mutex_);
      if (timers_ != nullptr)
        gone = timers_->take_out(who);
    }
    let_go(std::move(gone));
  }
  void end() noexcept {
    const std::lock_guard lock(mutex_);
    timers_ = nullptr;
  }

private:
  std::mutex mutex_; // between the exit of a process and the end of the shard
  send_timers* timers_;
};

namespace {

// The target has exited and the shard of the timer has not heard of it yet.
[[nodiscard]] bool is_pointless(const timer_target& target) {
  const auto* local = detail::find_block(target.to);
  return target.name.empty() && local != nullptr && !local->is_alive();
}

/// False when there was no memory to send. Any other exception counts as sent, as it
/// would be thrown again.
template <class F>
[[nodiscard]] bool has_memory_for(F send, const shard& home) noexcept {
  try {
    send();
  } catch (const std::bad_alloc&) {
    home.log_thrown("a message of a timer");
    return false;
  } catch (...) {
    home.log_thrown("a message of a timer is lost");
  }
  return true;
}

} // namespace

send_timers::send_timers(shard& home)
    : shard_(home), deaths_(std::make_shared<deaths>(*this)) {
}

send_timers::~send_timers() {
  deaths_->end();
  for (auto& [ref, running] : running_)
    shard_.timers().disarm(*running);
  let_go(collect());
}

reference send_timers::send_after(duration delay, timer_target target, term message) {
  detail::check_local("send_after", target.to);
  return arm(form::bare, not_negative("the delay of send_after", delay),
             std::move(target), std::move(message));
}

reference send_timers::start(duration delay, timer_target target, term message) {
  detail::check_local("start_timer", target.to);
  return arm(form::with_reference, not_negative("the delay of start_timer", delay),
             std::move(target), std::move(message));
}

reference send_timers::send_interval(duration interval, timer_target target,
                                     term message) {
  detail::check_local("send_interval", target.to);
  if (interval <= duration::zero())
    throw std::invalid_argument("send_interval: the interval must be more than zero");
  return arm(form::repeated, interval, std::move(target), std::move(message));
}

reference send_timers::send_signal(duration delay, pid target, detail::signal* signal) {
  detail::owned_signal own(signal);
  auto added = std::make_shared<entry>(*this, form::signal, std::move(target), term());
  added->signal = own.release();
  return arm(std::move(added), delay);
}

reference send_timers::arm(form shape, duration delay, timer_target target,
                           term message) {
  return arm(std::make_shared<entry>(*this, shape, std::move(target), std::move(message)),
             delay);
}

reference send_timers::arm(std::shared_ptr<entry> added, duration delay) {
  assert(shard_.is_accessible() && "a timer starts on the shard of the process");
  const auto ref = added->ref = shard_.make_reference();
  if (is_pointless(added->target))
    return ref; // without a timer, as no one would report that it ended
  added->interval = delay;
  // Reads the clock: the round's time may be stale, and a timer must not be early.
  added->due = deadline_in(shard_.read_clock(), delay);
  const auto& target = added->target;
  const pid owner =
      added->shape != form::signal && target.name.empty() ? target.to : pid();
  detail::made_enrolment first;
  {
    const std::lock_guard lock(mutex_);
    decltype(by_target_.try_emplace(nullptr)) place{};
    detail::rollback unarmed([&] {
      running_.erase(ref);
      if (place.second)
        by_target_.erase(place.first);
    });
    running_.emplace(ref, added);
    auto* const local = detail::find_block(owner);
    if (local != nullptr)
      place = by_target_.try_emplace(local, nullptr);
    if (place.second && &local->shard() == &shard_)
      local->mark_timed();
    else if (place.second)
      first = detail::make_enrolment(deaths_);
    shard_.timers().arm(*added, added->due);
    unarmed.keep();
    if (local != nullptr)
      link(lock, *added, place.first->second);
  }
  if (first)
    detail::enrol(owner, std::move(first)); // without the lock, as it may be dead by now
  return ref;
}

void send_timers::link(const locked&, entry& added, entry*& last) noexcept {
  added.last = &last;
  added.before = last;
  if (added.before != nullptr)
    added.before->after = &added;
  last = &added;
}

// A process of this shard that has no more timers is forgotten, as it needs no enrolment
// to be found again.
void send_timers::unlink(const locked&, entry& gone) noexcept {
  if (gone.last == nullptr)
    return;
  (gone.after == nullptr ? *gone.last : gone.after->before) = gone.before;
  if (gone.before != nullptr)
    gone.before->after = gone.after;
  const auto* const target = detail::find_block(gone.target.to);
  if (*std::exchange(gone.last, nullptr) == nullptr && &target->shard() == &shard_)
    by_target_.erase(target);
}

// If there is no memory for the message, tries again a little later.
void send_timers::fire(reference ref) {
  std::shared_ptr<entry> fired;
  decltype(running_)::node_type over;
  {
    const std::lock_guard lock(mutex_);
    const auto found = running_.find(ref);
    if (found == running_.end())
      return; // cancelled on another shard, and not collected yet
    fired = found->second;
    if (fired->shape == form::repeated && !is_pointless(fired->target)) {
      // Counts from when it was due, so that it does not drift.
      fired->due = deadline_in(fired->due, fired->interval);
      shard_.timers().arm(*fired, fired->due);
    } else {
      unlink(lock, *fired);
      over = running_.extract(found);
    }
  }
  if (has_memory_for([&] { deliver(fired); }, shard_) || over.empty())
    return;
  shard_.guarded("a message of a timer is lost", [&] {
    const std::lock_guard lock(mutex_);
    running_.insert(std::move(over));
    shard_.timers().arm(*fired, shard_.read_clock() + pause);
  });
}

/// Call without the lock: it may run a process's code.
void send_timers::deliver(const std::shared_ptr<entry>& fired) {
  if (is_pointless(fired->target))
    return; // its node may be another one that is gone as well
  const pid target = fired->receiver();
  if (fired->shape == form::signal)
    detail::deliver(target, std::exchange(fired->signal, nullptr));
  else if (fired->shape == form::with_reference)
    detail::send_kept(target, timer_expired{fired->ref, fired->message});
  else if (fired->shape == form::bare)
    detail::send_kept(target, fired->message);
  else if (target.is_foreign())
    beat_foreign(*fired, target);
  else if (target)
    detail::deliver(target, new beat(fired));
}

/// Holds the lock, so that a message is sent before the timer is cancelled or not at all.
/// CAF only queues it and runs no code.
void send_timers::beat_foreign(entry& fired, const pid& target) {
  const std::lock_guard lock(mutex_);
  if (!fired.is_cancelled)
    detail::send_kept(target, fired.message);
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
    unlink(lock, *cancelled);
    cancelled->is_cancelled = true;
  }
  const auto left =
      std::max<duration>(cancelled->due - shard_.read_clock(), duration::zero());
  const bool counts = !is_pointless(cancelled->target);
  discard(std::move(cancelled));
  return counts ? std::optional(left) : std::nullopt;
}

void send_timers::discard(std::shared_ptr<entry> cancelled) {
  if (shard_.is_current()) {
    shard_.timers().disarm(*cancelled);
    return;
  }
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    put_aside(lock, std::move(cancelled));
    is_first = !std::exchange(is_told_, true);
  }
  discard_there(is_first);
}

/// Allocates nothing, because an armed entry must be kept.
void send_timers::put_aside(const locked&, std::shared_ptr<entry> gone) noexcept {
  gone->next = std::move(cancelled_);
  cancelled_ = std::move(gone);
}

/// Makes the shard remove cancelled entries from the heap, once for all that are waiting.
void send_timers::discard_there(bool is_first) noexcept {
  if (!is_first)
    return;
  try {
    shard_.post([](shard& home) { let_go(home.message_timers().collect()); });
  } catch (const std::bad_alloc&) { // they wait until another is cancelled
    const std::lock_guard lock(mutex_);
    is_told_ = false;
  }
}

/// On the shard, or when it ends. Pass the result to `let_go` without holding a lock.
std::shared_ptr<send_timers::entry> send_timers::collect() noexcept {
  std::shared_ptr<entry> gone;
  {
    const std::lock_guard lock(mutex_);
    gone = std::exchange(cancelled_, nullptr);
    is_told_ = false;
  }
  for (entry* each = gone.get(); each != nullptr; each = each->next.get())
    shard_.timers().disarm(*each);
  return gone;
}

/// Frees one after the other, as destroying a chain at once recurses along its length.
/// May run user code in the destructor of a message.
void send_timers::let_go(std::shared_ptr<entry> chain) noexcept {
  while (chain != nullptr)
    chain = std::exchange(chain->next, nullptr);
}

/// Erlang cancels a timer when its process dies. Returns entries already out of the heap.
std::shared_ptr<send_timers::entry> send_timers::take_out(const pid& who) noexcept {
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_target_.find(detail::find_block(who));
    if (found == by_target_.end())
      return {};
    if (found->second != nullptr)
      is_first = !std::exchange(is_told_, true);
    for (entry* each = found->second; each != nullptr; each = each->before) {
      const auto running = running_.find(each->ref);
      each->is_cancelled = true;
      each->last = nullptr;
      put_aside(lock, std::move(running->second));
      running_.erase(running);
    }
    by_target_.erase(found);
  }
  if (shard_.is_current())
    return collect();
  discard_there(is_first);
  return {};
}

std::optional<duration> send_timers::read(reference ref) const {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(ref);
  if (found == running_.end() || is_pointless(found->second->target))
    return std::nullopt;
  return std::max<duration>(found->second->due - shard_.read_clock(), duration::zero());
}

std::size_t send_timers::size() const {
  const std::lock_guard lock(mutex_);
  return running_.size();
}

} // namespace websock::runtime
