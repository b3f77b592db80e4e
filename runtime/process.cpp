// Turns: how a process takes what is in its mailbox, and what becomes of an exception.
#include "runtime/process.hpp"

#include "runtime/access.hpp"
#include "runtime/mailbox_load.hpp"
#include "runtime/node.hpp"
#include "runtime/send_timers.hpp"
#include "runtime/shard.hpp"
#include "runtime/thrown.hpp"

#include <exception>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>

namespace runtime {

namespace {
// Each nested start takes a few hundred octets of the stack, besides what an init has.
constexpr std::size_t most_nested_starts = 256;
} // namespace

void behaviour::throw_no_process() {
  throw std::logic_error(
      "self() was called before the process of this behaviour runs: use it "
      "from the first callback on, not in the constructor");
}

bool behaviour::is_on_its_shard() const noexcept {
  return self_->shard().is_current();
}

namespace detail {

void letter::handle(process& target) {
  target.take_message(take());
}

void starter::handle(process& target) {
  struct guard {
    starter* start;
    ~guard() { start->dispose(); }
  };
  const guard disposer{this};
  target.begin(make());
}

// The node stops or has stopped: the process is dead from the start.
void starter::bounce(process& target) {
  dispose();
  target.never_starts();
}

void end_normally(process& self) {
  detail::access::end(self, normal);
}

void deliver(process& to, signal* entry) {
  // A dead process answers links and monitors on its shard, behind all that it sent
  // before.
  if (to.is_alive() || entry->kind() == signal_kind::control)
    to.deliver(entry);
  else
    entry->bounce(to);
}

} // namespace detail

process::process(runtime::shard& on) : shard_(on) {
}

process::~process() {
  while (detail::signal* left = mailbox_.pop()) // it was never started
    left->dispose();
}

runtime::node& process::node() const noexcept {
  return shard_.owner();
}

time_point process::now() const noexcept {
  return shard_.now();
}

runtime::pid process::whereis(std::string_view name) const {
  return node().whereis(name);
}

void process::register_name(std::string name) {
  node().register_name(std::move(name), pid());
}

void process::unregister_name(std::string_view name) {
  node().names().remove(name);
}

runtime::pid process::create(spawn_tie tie) {
  auto child = node().create_process(shard_);
  detail::access::local(child)->parent_ = pid();
  detail::access::local(child)->tie_to_parent_ = tie;
  if (tie == spawn_tie::link)
    tie_to(child);
  return child;
}

// Who cannot be tied never starts.
void process::tie_to(const runtime::pid& child) {
  try {
    ties().links.insert(child);
    detail::access::local(child)->ties().links.insert(pid());
  } catch (const std::bad_alloc&) {
    if (ties_)
      ties_->links.erase(child);
    detail::access::local(child)->never_starts();
    throw;
  }
}

runtime::pid process::spawn(detail::starter* start, spawn_tie tie) {
  detail::owned_starter own(start);
  auto child = create(tie);
  detail::deliver(*detail::access::local(child), own.release());
  return child;
}

// The first turn of the child runs inside this turn: both are on this shard, and the
// child is in no list of those that are ready. The node may be stopping, and end it
// first.
start_result process::start(detail::starter* first, spawn_tie tie) {
  detail::owned_starter own(first);
  if (shard_.nested_starts_ == most_nested_starts)
    throw std::length_error("start: " + std::to_string(most_nested_starts)
                            + " processes wait for one another's init already");
  const bool goes_on = ending_ == nullptr;
  auto child = create(tie);
  process& started = *detail::access::local(child);
  ++shard_.nested_starts_;
  started.begin_turn();
  shard_.adopt(started);
  if (!started.ending_)
    started.guard([&] { own.release()->handle(started); });
  start_result result{child, {}, {}, false};
  if (const exit_reason* failed = started.start_failure()) {
    result = {{},
              *failed,
              started.ending_ ? runtime::pid() : child,
              started.behaviour_ && started.behaviour_->has_declined()};
    if (tie == spawn_tie::link && traps_exit_) { // the result says it
      ties().links.erase(child);
      started.ties().links.erase(pid());
    }
  }
  started.end_turn(false);
  --shard_.nested_starts_;
  shard_.set_running(this);
  if (goes_on && ending_)
    throw signalled_exit{*ending_};
  return result;
}

const exit_reason* process::start_failure() const noexcept {
  if (ending_)
    return ending_.get();
  return behaviour_ ? behaviour_->start_failure() : nullptr;
}

std::pair<runtime::pid, reference> process::spawn_monitored(detail::starter* start) {
  detail::owned_starter own(start);
  auto child = create(spawn_tie::none);
  reference ref;
  try {
    ref = monitor(child);
  } catch (const std::bad_alloc&) {
    detail::access::local(child)->never_starts();
    throw;
  }
  detail::deliver(*detail::access::local(child), own.release());
  return {std::move(child), ref};
}

runtime::pid process::registered(std::string_view name) const {
  return node().names().registered_as(name);
}

reference process::send_message_after(duration delay, timer_target to, term message) {
  return shard_.message_timers().send_after(delay, std::move(to), std::move(message));
}

reference process::start_message_timer(duration delay, timer_target to, term message) {
  return shard_.message_timers().start(delay, std::move(to), std::move(message));
}

reference process::send_message_interval(duration interval, timer_target to,
                                         term message) {
  return shard_.message_timers().send_interval(interval, std::move(to),
                                               std::move(message));
}

std::optional<duration> process::cancel_timer(reference ref) {
  auto* here = node().find_timers(ref);
  return here != nullptr ? here->cancel(ref) : std::nullopt;
}

void process::cancel_timer_async(reference ref) {
  detail::send_kept(pid(), timer_cancelled{ref, cancel_timer(ref)});
}

std::optional<duration> process::read_timer(reference ref) const {
  const auto* here = node().find_timers(ref);
  return here != nullptr ? here->read(ref) : std::nullopt;
}

detail::relations& process::ties() {
  if (!ties_)
    ties_ = std::make_unique<detail::relations>();
  return *ties_;
}

void process::deliver(detail::signal* entry) {
  shard_.deliver(*this, entry);
}

void process::accept(detail::signal* entry) {
  shard_.topics().settle();
  take_in(entry);
}

// A process without memory for what it is told cannot go on as if it had not been.
void process::take_in_unusual(detail::signal* entry) noexcept {
  if (phase_ == phase::exited || ending_)
    let_bounce(entry);
  else
    guard([&] { take_in_any(entry); });
}

void process::let_bounce(detail::signal* entry) noexcept {
  shard_.guarded("a signal to a process that has exited", [&] { entry->bounce(*this); });
}

void process::take_in_any(detail::signal* entry) {
  if (phase_ == phase::unborn && entry->kind() != detail::signal_kind::start) {
    mailbox_.push(entry); // who has the pid from elsewhere may be faster than the start
    return;
  }
  switch (entry->kind()) {
  case detail::signal_kind::control:
    entry->handle(*this);
    return;
  case detail::signal_kind::exit:
    accept_exit(entry);
    return;
  case detail::signal_kind::down:
    accept_down(entry);
    return;
  case detail::signal_kind::start:
    accept_start(entry);
    return;
  case detail::signal_kind::message:
    if (is_full_for(*entry) && !is_awaited(*entry))
      return accept_beyond_limit(entry);
    [[fallthrough]];
  case detail::signal_kind::event:
    put(entry);
  }
}

// What is wanted is asked of a function of the application, which may throw: then the
// message waits for the end of the process.
bool process::is_awaited(detail::signal& entry) {
  try {
    return waiter_ != nullptr && waiter_->wants(entry);
  } catch (...) {
    append(&entry);
    throw;
  }
}

void process::put(detail::signal* entry) {
  if (is_awaited(*entry)) {
    waiter_->take(entry);
    waiter_->finish();
  } else {
    append(entry);
  }
}

void process::append(detail::signal* entry) noexcept {
  mailbox_.push(entry);
  if (load_ != nullptr)
    guard([&] { load_->arrived(*entry); });
  schedule();
}

void process::never_starts() {
  if (phase_ != phase::unborn)
    return; // it was killed before its first turn
  phase_ = phase::exited;
  alive_ = false;
  shard_.guarded("a process that never starts", [this] { notify_foreign(noproc); });
  node().process_exited();
}

void process::accept_start(detail::signal* entry) {
  detail::mailbox early;
  early.swap(mailbox_);
  phase_ = phase::idle;
  mailbox_.push(entry);
  schedule();
  shard_.adopt(*this);
  while (detail::signal* waited = early.pop())
    take_in(waited);
}

void process::schedule() {
  if (phase_ != phase::idle)
    return;
  phase_ = phase::scheduled;
  shard_.make_ready(*this);
}

void process::queue_first(detail::signal& entry) {
  mailbox_.push_front(&entry);
  if (takes_messages())
    schedule();
}

void process::resume() {
  suspended_ = false;
  if (!mailbox_.empty() && takes_messages())
    schedule();
}

void process::begin_turn() noexcept {
  phase_ = phase::running;
  shard_.set_running(this);
}

std::size_t process::take_turn(std::size_t limit) {
  begin_turn();
  std::size_t handled = 0;
  for (; handled < limit && !ending_ && takes_messages() && !mailbox_.empty(); ++handled)
    handle_next();
  end_turn(false);
  return handled;
}

void process::begin(std::unique_ptr<behaviour> body) {
  body->self_ = this;
  {
    const std::lock_guard lock(shard_.watched_);
    behaviour_ = std::move(body);
  }
  behaviour_->on_start();
}

void process::handle_next() {
  detail::signal* entry = mailbox_.pop();
  if (load_ != nullptr)
    load_->left(*entry);
  guard([&] { entry->handle(*this); });
}

void process::end_turn(bool is_queued) {
  if (!ending_ && behaviour_)
    guard([&] { behaviour_->on_end_of_turn(); });
  shard_.set_running(nullptr);
  if (ending_) {
    if (is_queued)
      shard_.make_unready(*this);
    finish(); // in the turn that ends it: what the turn gathered is its own
    return;
  }
  phase_ = is_queued ? phase::scheduled : phase::idle;
  if (!mailbox_.empty() && takes_messages())
    schedule();
}

std::string process::describe() {
  std::string text = "process " + to_string(pid());
  if (is_alive() && behaviour_) {
    text += " (";
    detail::print_type(text, behaviour_->type());
    text += ')';
  }
  return text;
}

// Within the handler of an exception.
void process::crash() noexcept {
  if (ending_)
    return;
  end(detail::thrown_reason());
  shard_.guarded("a process exited, and is not named", [this] {
    node().log(log_level::error, describe() + " exited: " + to_string(*ending_));
  });
}

} // namespace runtime
