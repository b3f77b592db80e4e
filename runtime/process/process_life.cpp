// How a process starts and how it ends.
#include "../address/name_table.hpp"
#include "../table/rollback.hpp"
#include "../telemetry/event.hpp"
#include "../telemetry/runtime_events.hpp"
#include "../term/access.hpp"
#include "membership.hpp"
#include "node.hpp"
#include "node_meter.hpp"
#include "process_block.hpp"
#include "relations.hpp"
#include "send_timers.hpp"
#include "shard.hpp"

#include <cassert>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

namespace websock::runtime {

void behaviour::throw_no_process() {
  throw std::logic_error(
      "self() was called before the process of this behaviour runs: use it "
      "from the first callback on, not in the constructor");
}

namespace detail {

void starter::handle(process_block& target) {
  struct guard {
    starter* start;
    ~guard() { start->dispose(); }
  };
  const guard disposer{this};
  target.begin(make());
}

// The node is stopping or has stopped: the process is dead from the start.
void starter::bounce(process_block& target) noexcept {
  dispose();
  target.never_starts();
}

void end_normally(process& self) {
  block_of(self).end(reason::normal);
}

void mark_named(const pid& who, bool named) noexcept {
  find_block(who)->mark_named(named);
}

process_block::process_block(runtime::shard& home) noexcept : process(home) {
}

process_block::~process_block() {
  while (signal* left = mailbox_.pop_unweighed()) // it was never started
    left->dispose();
}

pid process_block::create_child(spawn_tie tie) {
  auto child = node().create_process(shard());
  auto& block = *find_block(child);
  block.parent_ = pid();
  block.tie_to_parent_ = tie;
  if (tie == spawn_tie::link)
    tie_to(child);
  return child;
}

// If tying fails for lack of memory, the child never starts.
void process_block::tie_to(const runtime::pid& child) {
  auto& other = *find_block(child);
  rollback untied([&] {
    if (ties_)
      ties_->links.erase(child);
    other.never_starts();
  });
  ties().links.insert(child);
  other.ties().links.insert(pid());
  untied.keep();
}

// The child's first turn runs inside this turn: both are on this shard, and the child is
// not in the ready list. A node that is stopping may end it first.
start_result process_block::start_child(starter* first, spawn_tie tie) {
  owned_starter own(first);
  const shard::nested_start nested(shard());
  const bool goes_on = ending_ == nullptr;
  auto child = create_child(tie);
  auto& started = *find_block(child);
  start_result result{child, {}, {}, false};
  started.take_turn_with([&] {
    shard().adopt(started);
    if (!started.ending_)
      started.guard([&] { own.release()->handle(started); });
    const exit_reason* failed = started.start_failure();
    if (failed == nullptr)
      return;
    result = {{},
              *failed,
              started.ending_ ? runtime::pid() : child,
              started.behaviour_ && started.behaviour_->has_declined()};
    if (tie == spawn_tie::link && traps_exit_) { // the result reports it instead
      ties().links.erase(child);
      started.ties().links.erase(pid());
    }
  });
  shard().set_running(this);
  if (goes_on && ending_)
    throw signalled_exit{*ending_};
  return result;
}

const exit_reason* process_block::start_failure() const noexcept {
  if (ending_)
    return ending_.get();
  return behaviour_ ? behaviour_->start_failure() : nullptr;
}

void process_block::admit_start(signal* entry) {
  assert(phase_ == phase::unborn && "a process starts once");
  mailbox early;
  mailbox_.swap_contents(early);
  phase_ = phase::idle;
  mailbox_.push(entry);
  schedule();
  shard().adopt(*this);
  while (signal* waited = early.pop())
    admit(waited);
}

void process_block::begin(std::unique_ptr<behaviour> body) {
  assert(is_running() && !behaviour_ && "a process begins once, in its first turn");
  body->self_ = this;
  {
    const std::lock_guard lock(shard().watched());
    behaviour_ = std::move(body);
  }
  if (auto* const meter = meter_of(shard())) [[unlikely]]
    ++meter->started;
  node().events().tell(events::process_start, [this] {
    return event_facts{{},
                       {{"pid", pid()}, {"parent", parent_}, {"behaviour", type_name()}}};
  });
  behaviour_->on_start();
}

// Without memory for the reason, CAF's actors hear of the end when its last pid goes.
void process_block::never_starts() noexcept {
  if (phase_ != phase::unborn)
    return; // killed before its first turn
  phase_ = phase::exited;
  alive_ = false;
  shard().guarded("a process that never starts",
                  [this] { notify_foreign(reason::noproc); });
  node().process_exited();
}

// A signal may already have ended it while a callback ran.
void process_block::end(exit_reason why) noexcept {
  assert(is_accessible() && "a process ends on its shard");
  if (ending_)
    return;
  ending_ = make_ending(std::move(why));
  schedule();
}

void process_block::finish() noexcept {
  assert(ending_ && is_between_turns() && "a process exits when its last turn is over");
  const exit_reason why = *ending_;
  {
    const std::lock_guard lock(shard().watched()); // turn_watch is not reading behaviour_
    alive_ = false;
  }
  shard().set_running(this);
  if (behaviour_) {
    behaviour_->on_exit(why);
    tell_exit(why);
  }
  while (signal* left = mailbox_.pop_unweighed()) // some may be parts of the behaviour
    left->bounce(*this);
  behaviour_.reset();
  phase_ = phase::exited;
  {
    const std::lock_guard lock(shard().watched()); // nor does it read the process
    shard().set_running(nullptr);
  }
  if (!shard().guarded("a process that exits", [&] { break_ties(why); })) {
    shard().make_ready(*this); // tries again next round, when there may be memory
    return;
  }
  parent_ = {}; // otherwise a chain of successors would keep every ancestor in memory
  shard().abandon(*this);
}

void process_block::tell_exit(const exit_reason& why) noexcept {
  shard().guarded("an exit is not counted", [&] {
    if (auto* const meter = meter_of(shard())) [[unlikely]]
      meter->note_exit(why);
  });
  node().events().tell(events::process_exit, [&] {
    return event_facts{{{"messages_handled", messages_handled_}},
                       {{"pid", pid()}, {"behaviour", type_name()}, {"reason", why}}};
  });
}

void process_block::break_ties(const exit_reason& why) {
  const auto self = pid();
  if (named_.load())
    node().names().forget(self);
  shard().topics().forget(*this);
  if (is_timed_)
    shard().message_timers().forget(self);
  if (ties_) {
    if (const auto* const rare = ties_->rare.get()) {
      for (const auto& each : rare->memberships)
        each->forget(self);
      for (const auto& [id, timer] : rare->requests)
        cancel_timer(timer);
    }
    say_farewell(self, why, ties_);
    ties_.reset();
  }
  notify_foreign(why);
}

} // namespace detail

runtime::pid process::spawn(detail::starter* start, spawn_tie tie) {
  detail::owned_starter own(start);
  auto child = detail::block_of(*this).create_child(tie);
  detail::deliver(child, own.release());
  return child;
}

start_result process::start(detail::starter* first, spawn_tie tie) {
  return detail::block_of(*this).start_child(first, tie);
}

std::pair<runtime::pid, reference> process::spawn_monitored(detail::starter* start) {
  detail::owned_starter own(start);
  auto child = detail::block_of(*this).create_child(spawn_tie::none);
  detail::rollback unborn([&] { detail::find_block(child)->never_starts(); });
  const auto ref = monitor(child);
  unborn.keep();
  detail::deliver(child, own.release());
  return {std::move(child), ref};
}

} // namespace websock::runtime
