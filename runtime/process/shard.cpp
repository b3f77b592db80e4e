// The loop of a shard. Also the only place where processes and Asio meet.
#include "shard.hpp"

#include "../address/exit_signals.hpp"
#include "caf_system.hpp"
#include "node.hpp"
#include "process_block.hpp"
#include "running_shard.hpp"
#include "send_timers.hpp"
#include "shard_numbers.hpp"

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

#include <algorithm>
#include <cassert>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

namespace websock::runtime {

namespace {
// A nested start takes a few hundred octets of stack, plus what the init uses.
constexpr std::size_t most_nested_starts = 256;

/// A shard that a thread runs, perhaps within another.
struct thread_run {
  shard* home = nullptr;
  const thread_run* outer = nullptr;
};
// A property of the thread, as its id is.
thread_local constinit thread_run innermost;
} // namespace

/// Ends a blocking wait of the io_context: by the reactor, or at the next deadline.
struct shard::wake_up {
  wake_up(asio::io_context& io, int sockets)
      : work(io.get_executor()), ready(io, sockets), deadline(io) {}
  ~wake_up() { ready.release(); } // the reactor owns the descriptor

  asio::executor_work_guard<asio::io_context::executor_type> work;
  asio::posix::stream_descriptor ready;
  asio::steady_timer deadline;
  bool waits_for_sockets = false;
  time_point armed_for = time_point::max();
};

/// Marks the calling thread as the one that runs this shard.
class shard::running {
public:
  explicit running(shard& home) noexcept
      : shard_(home), before_(home.runner_.exchange(std::this_thread::get_id())),
        outer_(innermost) {
    assert((before_ == std::thread::id() || before_ == std::this_thread::get_id())
           && "one thread at a time runs a shard");
    innermost = {&home, &outer_};
  }
  ~running() {
    innermost = outer_;
    shard_.runner_ = before_;
  }
  running(const running&) = delete;
  running& operator=(const running&) = delete;

private:
  shard& shard_;
  std::thread::id before_;
  const thread_run outer_;
};

namespace detail {

shard* running_shard(const node& owner) noexcept {
  for (const auto* each = &innermost; each != nullptr; each = each->outer)
    if (each->home != nullptr && &each->home->owner() == &owner)
      return each->home;
  return nullptr;
}

} // namespace detail

shard::shard(runtime::node& owner, std::size_t index, std::size_t number,
             std::uint64_t references, const clock& time, reactor_kind how)
    : owner_(owner), index_(index), number_(number), clock_(time), now_(time.now()),
      references_(references), message_timers_(std::make_unique<send_timers>(*this)),
      sockets_(
          make_reactor(how, [this](const std::error_code& why) { tell_refused(why); })),
      scratch_(std::make_unique<std::byte[]>(scratch_size)),
      execution_unit_(detail::make_execution_unit(owner.actor_system())) {
}

shard::nested_start::nested_start(shard& home) : home_(home) {
  assert(home.is_accessible() && "a start is nested on its shard");
  if (home.nested_starts_ == most_nested_starts)
    throw std::length_error("start: " + std::to_string(most_nested_starts)
                            + " processes wait for one another's init already");
  ++home.nested_starts_;
}

shard::~shard() {
  close();
}

void shard::close() {
  assert(runner_.load() == std::thread::id() && "a shard closes when it runs no more");
  refuse_all(std::exchange(taken_, nullptr));
  while (!inbox_.close())
    refuse_all(inbox_.take());
}

void shard::refuse_all(detail::signal* oldest) {
  for (detail::signal* entry = oldest; entry != nullptr;) {
    detail::signal* after = entry->next;
    refuse(entry);
    entry = after;
  }
}

reference shard::make_reference() noexcept {
  assert(is_accessible() && "another thread's references may be the same");
  return reference((++references_ << shard_numbers::bits) | number_);
}

std::size_t shard::number_of(reference ref) noexcept {
  return ref.value() & ((std::uint64_t{1} << shard_numbers::bits) - 1);
}

void shard::push(detail::signal* entry) {
  const auto how = inbox_.push(entry);
  if (how == detail::inbox::pushed::to_asleep)
    sockets_->wake();
  else if (how == detail::inbox::pushed::refused)
    refuse(entry);
}

/// After the end of a shard, each of its processes has exited or will never start.
void shard::refuse(detail::signal* entry) {
  // relaxed: a counter that orders nothing. count_dropped() no longer runs beside it.
  dropped_.fetch_add(1, std::memory_order_relaxed);
  if (auto* target = std::exchange(entry->addressee, nullptr)) {
    entry->bounce(*target);
    detail::release(*target);
  } else {
    entry->dispose();
  }
}

asio::io_context& shard::io() {
  std::call_once(asio_is_made_, [this] {
    auto made = std::make_unique<asio::io_context>(1);
    wake_up_ = std::make_unique<wake_up>(*made, sockets_->descriptor());
    io_ = std::move(made);
    uses_asio_ = true;
    sockets_->wake(); // it may be asleep without Asio
  });
  return *io_;
}

void shard::post_signal(detail::process_block& target, detail::signal* entry) {
  detail::retain(target);
  entry->addressee = &target;
  push(entry);
}

void shard::run() {
  const running mark(*this);
  std::size_t handled = 0; // entries and rounds since the sockets were last polled
  while (!is_stopping_) {
    now_is_stale_ = true;
    rounds_.store(rounds_.load(std::memory_order_relaxed) + 1,
                  std::memory_order_relaxed); // a figure without a pair, as in turn()
    drain_inbox();
    expire_timers();
    handled += 1 + topics_.run_subscribers() + run_ready(turn_limit);
    if (!has_work())
      sleep();
    else if (handled >= entries_per_poll)
      poll();
    else
      continue;
    handled = 0;
  }
  guarded("a socket", [this] { sockets_->flush(); });
}

bool shard::has_work() const noexcept {
  const auto next = timers_.next();
  return first_ready_ != nullptr || topics_.is_unsettled() || !inbox_.empty()
         || taken_ != nullptr || is_stopping_ || (next && *next <= now());
}

void shard::obey(order wanted_order) noexcept {
  if (orders_.wanted.fetch_or(static_cast<unsigned>(wanted_order)) == 0)
    push(&orders_);
}

void shard::orders::run(shard& home) {
  const unsigned all = wanted.exchange(0);
  const auto is_wanted = [all](order each) {
    return (all & static_cast<unsigned>(each)) != 0;
  };
  if (is_wanted(order::shut_down))
    home.end_processes(reason::shutdown);
  if (is_wanted(order::end_at_once))
    home.end_processes(runtime::reason::kill);
  if (is_wanted(order::stop))
    home.is_stopping_ = true;
}

bool shard::step(std::size_t entries) {
  assert(!owner_.is_running() && "the thread of a shard runs it, and nobody steps it");
  const running mark(*this);
  now_is_stale_ = true;
  const auto next = timers_.next();
  const bool busy = drain_inbox() || topics_.is_unsettled() || (next && *next <= now());
  expire_timers();
  topics_.settle(); // so that a step runs a single process
  if (auto* who = first_ready_) {
    first_ready_ = who->next_ready;
    static_cast<void>(who->take_turn(entries));
    topics_.settle();
    return true;
  }
  return busy;
}

void shard::poll() {
  assert(is_between_turns() && "sockets are not dispatched from a callback");
  const running mark(*this);
  now_is_stale_ = true;
  if (uses_asio_)
    run_handlers([this] { io_->poll(); });
  guarded("a socket", [this] { sockets_->poll(); });
  ++polls_;
}

// User code: an exception ends only that handler. A handler may have stopped the
// io_context, in which the shard sleeps.
template <class F>
void shard::run_handlers(F run) noexcept {
  guarded("a handler on shard.io()", run);
  if (io_->stopped())
    io_->restart();
}

void shard::log_thrown(std::string_view who) const noexcept {
  owner_.log_thrown(who);
}

void shard::sleep() {
  if (!inbox_.fall_asleep())
    return;
  if (uses_asio_) {
    guarded("a socket", [this] { sleep_in_asio(); });
  } else {
    std::optional<duration> limit;
    if (const auto next = timers_.next())
      limit = std::max<duration>(*next - clock_.now(), duration());
    now_is_stale_ = true; // until a callback runs below
    guarded("a socket", [&] { sockets_->wait(limit); });
  }
  ++polls_;
  inbox_.wake_up();
}

void shard::sleep_in_asio() {
  if (!sockets_->prepare_to_wait()) {
    poll();
    return;
  }
  now_is_stale_ = true;
  run_handlers([this] {
    wait_for_sockets();
    arm_deadline();
    io_->run_one();
  });
}

void shard::wait_for_sockets() {
  if (std::exchange(wake_up_->waits_for_sockets, true))
    return;
  wake_up_->ready.async_wait(asio::posix::stream_descriptor::wait_read,
                             [this](const asio::error_code& failed) {
                               wake_up_->waits_for_sockets = false;
                               if (!failed)
                                 guarded("a socket", [this] { sockets_->poll(); });
                             });
}

void shard::arm_deadline() {
  const auto next = timers_.next();
  if (!next || *next >= wake_up_->armed_for)
    return; // waking too early costs one round, which arms it again
  wake_up_->armed_for = *next;
  wake_up_->deadline.expires_at(*next);
  wake_up_->deadline.async_wait([this](const asio::error_code& cancelled) {
    if (!cancelled)
      wake_up_->armed_for = time_point::max();
  });
}

void shard::tell_refused(const std::error_code& why) const {
  owner_.log(log_level::warning, "shard " + std::to_string(index_)
                                     + ": the kernel refuses io_uring by now ("
                                     + why.message() + "); it goes on by poll, slower");
}

bool shard::drain_inbox() {
  while (taken_ != nullptr) // left over from take_in_signals()
    take_in_next();
  taken_ = inbox_.take();
  const bool found = taken_ != nullptr;
  while (taken_ != nullptr)
    take_in_next();
  return found;
}

void shard::take_in_next() {
  detail::signal* const next = std::exchange(taken_, taken_->next);
  if (auto* target = std::exchange(next->addressee, nullptr)) {
    target->arrive(next);
    detail::release(*target);
  } else {
    guarded("work posted to a shard",
            [&] { static_cast<detail::shard_task*>(next)->run(*this); });
  }
}

void shard::take_in_signals() {
  assert(is_current() && !is_between_turns() && "a process polls within its turn");
  for (;;) {
    if (taken_ == nullptr)
      taken_ = inbox_.take();
    if (taken_ == nullptr
        || (taken_->addressee == nullptr
            && taken_->kind() != detail::signal_kind::control))
      return;
    take_in_next();
  }
}

// Without timers the clock need not be read.
void shard::expire_timers() {
  if (timers_.next())
    timers_.expire(now());
}

std::size_t shard::run_ready(std::size_t entries) {
  assert(is_between_turns() && "one turn at a time");
  // Only those that are ready now; a process that becomes ready meanwhile runs after the
  // sockets.
  auto* each = std::exchange(first_ready_, nullptr);
  std::size_t handled = 0;
  while (each != nullptr) {
    auto* after = each->next_ready;
    handled += each->take_turn(entries);
    each = after;
  }
  return handled;
}

void shard::make_ready(detail::process_block& who) noexcept {
  assert(is_accessible() && "only its shard schedules a process");
  who.next_ready = nullptr;
  (first_ready_ == nullptr ? first_ready_ : last_ready_->next_ready) = &who;
  last_ready_ = &who;
}

// Only between turns, when every ready process is in the list. O(n), for the rare process
// that ends in an additional turn.
void shard::make_unready(detail::process_block& who) noexcept {
  assert(is_between_turns() && "the list of those who are ready is split within a turn");
  detail::process_block* before = nullptr;
  for (auto* each = first_ready_; each != &who; each = each->next_ready)
    before = each;
  (before == nullptr ? first_ready_ : before->next_ready) = who.next_ready;
  if (last_ready_ == &who)
    last_ready_ = before;
}

void shard::adopt(detail::process_block& who) noexcept {
  assert(is_accessible() && &who.shard() == this && "a process lives on one shard");
  detail::retain(who); // a process owns itself until it exits
  processes_.add(who);
  if (closing_)
    ask_to_end(who, *closing_);
}

// Without memory for the signal, ends the process directly.
void shard::ask_to_end(detail::process_block& who, const exit_reason& why) noexcept {
  try {
    detail::send_exit(who.pid(), {}, why);
  } catch (const std::bad_alloc&) {
    who.end(why == exit_reason(reason::kill) ? exit_reason(reason::killed) : why);
  }
}

void shard::end_processes(const exit_reason& why) {
  closing_ = why;
  processes_.for_each([&](detail::process_block& each) { ask_to_end(each, why); });
}

std::vector<pid> shard::processes() const {
  assert(is_accessible() && "the processes belong to the shard's thread");
  std::vector<pid> found;
  found.reserve(processes_.size());
  processes_.for_each([&](detail::process_block& each) { found.push_back(each.pid()); });
  return found;
}

void shard::abandon(detail::process_block& who) noexcept {
  assert(is_accessible() && processes_.size() > 0
         && "a process exits on its shard, once");
  processes_.remove(who);
  owner_.process_exited();
  detail::release(who);
}

} // namespace websock::runtime
