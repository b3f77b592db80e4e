// Timers that send a message.
#include "websock/runtime/process/send_timers.hpp"

#include "websock/runtime/address/send.hpp"
#include "websock/runtime/process/membership.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process_block.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/table/rollback.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <chrono>
#include <new>
#include <stdexcept>
#include <utility>

namespace websock::runtime {

namespace {
constexpr std::chrono::milliseconds pause{100}; // until there may be memory again
}

class send_timers::entry final : public timer {
public:
  entry(send_timers& owner, form kind, timer_target to, term payload)
      : target(std::move(to)), message(std::move(payload)), what(kind), owner_(owner) {}
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
  detail::signal* signal = nullptr; // owned, when that is what is sent
  const form what;
  std::atomic<bool> is_cancelled{false};
  duration interval{};
  time_point due;          // the queue's own is its shard's; this one is under the lock
  entry* before = nullptr; // of the same process
  entry* after = nullptr;
  entry** last = nullptr;      // in by_target_, whose nodes stay where they are
  std::shared_ptr<entry> next; // of those that are cancelled

private:
  send_timers& owner_;
};

/// A message of an interval, on its way: it counts only if the timer still runs when it
/// arrives.
class send_timers::beat final : public detail::signal {
public:
  explicit beat(std::shared_ptr<entry> of)
      : signal(detail::signal_kind::control), of_(std::move(of)) {}
  void handle(detail::process_block& target) override {
    const std::unique_ptr<beat> own(this);
    if (!of_->is_cancelled)
      detail::send_kept(target.pid(), of_->message);
  }
  void dispose() noexcept override { delete this; }

private:
  const std::shared_ptr<entry> of_;
};

/// Tells of processes that have died. They hold it, and may outlive the shard.
class send_timers::deaths final : public detail::membership {
public:
  explicit deaths(send_timers& here) noexcept : here_(&here) {}
  void forget(const pid& who) noexcept override {
    std::shared_ptr<entry> gone;
    {
      const std::lock_guard lock(mutex_);
      if (here_ != nullptr)
        gone = here_->forget(who);
    }
    let_go(std::move(gone));
  }
  void end() noexcept {
    const std::lock_guard lock(mutex_);
    here_ = nullptr;
  }

private:
  std::mutex mutex_; // between a death and the end of the shard
  send_timers* here_;
};

namespace {

// Its process has died, and the shard of the timer has not heard of it yet.
[[nodiscard]] bool is_pointless(const timer_target& target) {
  const auto* local = detail::find_block(target.to);
  return target.name.empty() && local != nullptr && !local->is_alive();
}

/// False when there was no memory for what is sent. What else is thrown would be thrown
/// the next time, too.
template <class F>
[[nodiscard]] bool has_memory_for(F send, const shard& on) noexcept {
  try {
    send();
  } catch (const std::bad_alloc&) {
    on.log_thrown("a message of a timer");
    return false;
  } catch (...) {
    on.log_thrown("a message of a timer is lost");
  }
  return true;
}

} // namespace

send_timers::send_timers(shard& on)
    : shard_(on), deaths_(std::make_shared<deaths>(*this)) {
}

send_timers::~send_timers() {
  deaths_->end();
  for (auto& [ref, running] : running_)
    shard_.timers().disarm(*running);
  let_go(collect());
}

reference send_timers::send_after(duration delay, timer_target target, term message) {
  return arm(form::bare, not_negative("the delay of send_after", delay),
             std::move(target), std::move(message));
}

reference send_timers::start(duration delay, timer_target target, term message) {
  return arm(form::with_reference, not_negative("the delay of start_timer", delay),
             std::move(target), std::move(message));
}

reference send_timers::send_interval(duration interval, timer_target target,
                                     term message) {
  if (interval <= duration::zero())
    throw std::invalid_argument("send_interval: the interval must be more than zero");
  return arm(form::repeated, interval, std::move(target), std::move(message));
}

reference send_timers::send_signal(duration delay, pid to, detail::signal* signal) {
  detail::owned_signal own(signal);
  auto added = std::make_shared<entry>(*this, form::signal, std::move(to), term());
  added->signal = own.release();
  return arm(std::move(added), delay);
}

reference send_timers::arm(form what, duration delay, timer_target target, term message) {
  return arm(std::make_shared<entry>(*this, what, std::move(target), std::move(message)),
             delay);
}

reference send_timers::arm(std::shared_ptr<entry> added, duration delay) {
  assert(shard_.is_accessible() && "a timer starts on the shard of the process");
  const auto ref = added->ref = shard_.make_reference();
  if (is_pointless(added->target))
    return ref; // and no timer: nobody would hear of its end
  added->interval = delay;
  // The clock itself: the round's time may be old by now, and a timer is never early.
  added->due = deadline_in(shard_.read_clock(), delay);
  const auto& target = added->target;
  const pid of = added->what != form::signal && target.name.empty() ? target.to : pid();
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
    const auto* const local = detail::find_block(of);
    if (local != nullptr)
      place = by_target_.try_emplace(local, nullptr);
    if (place.second)
      first = detail::make_enrolment(deaths_);
    shard_.timers().arm(*added, added->due);
    unarmed.keep();
    if (local != nullptr)
      link(lock, *added, place.first->second);
  }
  if (first)
    detail::enrol(of, std::move(first)); // outside of the lock: it may be dead by now
  return ref;
}

void send_timers::link(const locked&, entry& added, entry*& last) noexcept {
  added.last = &last;
  added.before = last;
  if (added.before != nullptr)
    added.before->after = &added;
  last = &added;
}

void send_timers::unlink(const locked&, entry& gone) noexcept {
  if (gone.last == nullptr)
    return;
  (gone.after == nullptr ? *gone.last : gone.after->before) = gone.before;
  if (gone.before != nullptr)
    gone.before->after = gone.after;
  gone.last = nullptr;
}

// A message that there is no memory for is sent a little later.
void send_timers::fire(reference ref) {
  std::shared_ptr<entry> fired;
  decltype(running_)::node_type over;
  {
    const std::lock_guard lock(mutex_);
    const auto found = running_.find(ref);
    if (found == running_.end())
      return; // cancelled by another shard, and not collected yet
    fired = found->second;
    if (fired->what == form::repeated && !is_pointless(fired->target)) {
      // From when it was due: it does not drift.
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

/// Not under the lock: it may run a process's code.
void send_timers::deliver(const std::shared_ptr<entry>& fired) {
  if (is_pointless(fired->target))
    return; // its node, another one, may be gone as well
  const pid to = fired->receiver();
  if (fired->what == form::signal)
    detail::deliver(to, std::exchange(fired->signal, nullptr));
  else if (fired->what == form::with_reference)
    detail::send_kept(to, timer_expired{fired->ref, fired->message});
  else if (fired->what == form::bare)
    detail::send_kept(to, fired->message);
  else if (to.is_foreign())
    beat_foreign(*fired, to);
  else if (to)
    detail::deliver(to, new beat(fired));
}

/// Under the lock, so that it is sent before it is cancelled, or not at all. CAF puts it
/// into a queue and runs nothing.
void send_timers::beat_foreign(entry& fired, const pid& to) {
  const std::lock_guard lock(mutex_);
  if (!fired.is_cancelled)
    detail::send_kept(to, fired.message);
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

/// Allocates nothing: what is armed must be kept, whatever happens.
void send_timers::put_aside(const locked&, std::shared_ptr<entry> gone) noexcept {
  gone->next = std::move(cancelled_);
  cancelled_ = std::move(gone);
}

/// Has the shard take out of the heap what is cancelled, once for all that waits for it.
void send_timers::discard_there(bool is_first) noexcept {
  if (!is_first)
    return;
  try {
    shard_.post([](shard& on) { let_go(on.message_timers().collect()); });
  } catch (const std::bad_alloc&) { // they wait for the next that is cancelled
    const std::lock_guard lock(mutex_);
    is_told_ = false;
  }
}

/// On the shard, or at its end. What it returns is for `let_go`, when nothing is locked.
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

/// One after the other: a chain that is destroyed at once is as deep as it is long. May
/// run code of users, in the destructor of a message.
void send_timers::let_go(std::shared_ptr<entry> chain) noexcept {
  while (chain != nullptr)
    chain = std::exchange(chain->next, nullptr);
}

/// Erlang cancels a timer when its process dies. Returns those that are out of the heap.
std::shared_ptr<send_timers::entry> send_timers::forget(const pid& who) noexcept {
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
