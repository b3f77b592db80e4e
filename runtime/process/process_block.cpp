// Arrival and turns: how a process takes what is sent to it, and what an exception leads
// to.
#include "process_block.hpp"

#include "../telemetry/event.hpp"
#include "../telemetry/runtime_events.hpp"
#include "../term/thrown.hpp"
#include "../wait/waiter.hpp"
#include "node.hpp"
#include "shard.hpp"

#include <exception>
#include <utility>

namespace websock::runtime {

bool behaviour::is_on_its_shard() const noexcept {
  return self_->shard().is_current();
}

namespace detail {

namespace {

/// Tells the behaviour about the overload, in a turn of its own process.
class overload_signal final : public signal {
public:
  overload_signal() noexcept : signal(signal_kind::event) {}
  void handle(process_block& target) override {
    dispose();
    target.overloaded();
  }
  void dispose() noexcept override { delete this; }
};

} // namespace

exit_reason mailbox_full(process& who) {
  who.node().log(log_level::error,
                 "process " + to_string(who.pid()) + " exits: its mailbox is full");
  return reason::of(std::string("mailbox_full"));
}

void letter::handle(process_block& target) {
  target.handle_message(take());
}

void deliver(process& to, signal* entry) {
  auto& target = block_of(to);
  // A dead process answers links and monitors on its shard, after everything it sent
  // while alive.
  if (!target.is_alive() && entry->kind() != signal_kind::control)
    entry->bounce(target);
  else if (to.shard().is_current())
    target.arrive(entry);
  else
    to.shard().post_signal(target, entry);
}

bool process_block::is_accessible() const noexcept {
  return shard().is_accessible();
}

bool process_block::is_between_turns() const noexcept {
  return shard().is_between_turns();
}

// Arrival.

void process_block::arrive(signal* entry) {
  assert(shard().is_current() && "a signal arrives on the shard of its process");
  shard().topics().settle();
  admit(entry);
}

// A process that has no memory for a signal cannot continue as if it had not been sent.
void process_block::admit_unusual(signal* entry) noexcept {
  if (phase_ == phase::exited || ending_)
    entry->bounce(*this);
  else
    guard([&] { admit_by_kind(entry); });
}

void process_block::admit_by_kind(signal* entry) {
  if (phase_ == phase::unborn && entry->kind() != signal_kind::start) {
    mailbox_.push(entry); // another sender of its pid overtook the start signal
    return;
  }
  switch (entry->kind()) {
  case signal_kind::control:
    entry->handle(*this);
    return;
  case signal_kind::exit:
    admit_exit(entry);
    return;
  case signal_kind::down:
    admit_down(entry);
    return;
  case signal_kind::start:
    admit_start(entry);
    return;
  case signal_kind::message:
    if (mailbox_.is_full_for(*entry) && !is_awaited(*entry))
      return admit_beyond_limit(entry);
    [[fallthrough]];
  case signal_kind::event:
    give_to_waiter_or_enqueue(entry);
  }
}

/// Adds what one arrival made the mailbox drop to the shard's count, and tells it.
struct process_block::dropped_here {
  ~dropped_here() {
    who.shard().count_dropped(count);
    who.tell_mailbox_full(count);
  }
  process_block& who;
  std::uint64_t count = 0;
};

void process_block::admit_beyond_limit(signal* entry) {
  std::unique_ptr<signal, signal_disposer> own(entry);
  dropped_here dropped{*this};
  auto place = bounded_mailbox::place::none;
  if (const auto policy = mailbox_.policy();
      policy == when_full::keep_latest || policy == when_full::drop_oldest)
    place = mailbox_.make_place(*entry, dropped.count);
  if (place == bounded_mailbox::place::last)
    give_to_waiter_or_enqueue(entry);
  if (place != bounded_mailbox::place::none) {
    static_cast<void>(own.release());
    return;
  }
  shard().count_refused();
  mailbox_.drop(own.release(), dropped.count);
  if (mailbox_.policy() == when_full::exit_killed) {
    end(reason::killed);
    node().log(log_level::error, "process " + to_string(pid())
                                     + " is killed: its mailbox is full, with "
                                     + std::to_string(mailbox_.size()) + " messages");
  } else if (mailbox_.policy() == when_full::close) {
    mailbox_.drop_messages(dropped.count);
    admit(new overload_signal);
  }
}

void process_block::tell_mailbox_full(std::uint64_t dropped) noexcept {
  if (dropped == 0)
    return;
  node().events().tell(events::mailbox_full, [&] {
    return event_facts{{{"dropped", dropped}, {"length", mailbox_.size()}},
                       {{"pid", pid()}, {"policy", mailbox_.policy()}}};
  });
}

// Asking whether the waiter wants the entry calls application code, which may throw; the
// message then stays in the mailbox until the process exits.
bool process_block::is_awaited(signal& entry) {
  try {
    return waiter_ != nullptr && waiter_->wants(entry);
  } catch (...) {
    enqueue(&entry);
    throw;
  }
}

void process_block::give_to_waiter_or_enqueue(signal* entry) {
  if (is_awaited(*entry)) {
    waiter_->take(entry);
    waiter_->finish();
  } else {
    enqueue(entry);
  }
}

void process_block::enqueue(signal* entry) noexcept {
  mailbox_.push(entry);
  if (mailbox_.is_weighed())
    guard([&] { mailbox_.note_arrival(*entry); });
  schedule();
}

void process_block::enqueue_first(signal& entry) {
  assert(is_accessible() && "only its shard touches a mailbox");
  mailbox_.push_front(&entry);
  if (takes_messages())
    schedule();
}

// Turns.

void process_block::schedule() {
  if (phase_ != phase::idle)
    return;
  phase_ = phase::scheduled;
  shard().make_ready(*this);
}

void process_block::suspend(suspended_by what) noexcept {
  assert(is_accessible() && "only its shard suspends a process");
  const auto before = std::exchange(
      suspended_,
      static_cast<std::uint8_t>(suspended_ | static_cast<std::uint8_t>(what)));
  if (before == 0)
    node().events().tell(events::process_suspend, [this] {
      return event_facts{{}, {{"pid", pid()}}};
    });
}

void process_block::resume(suspended_by what) {
  assert(is_accessible() && "only its shard resumes a process");
  const auto before = std::exchange(
      suspended_,
      static_cast<std::uint8_t>(suspended_ & ~static_cast<std::uint8_t>(what)));
  if (before != 0 && suspended_ == 0)
    node().events().tell(events::process_resume, [this] {
      return event_facts{{}, {{"pid", pid()}}};
    });
  if (!mailbox_.empty() && takes_messages())
    schedule();
}

void process_block::begin_turn() noexcept {
  assert(is_accessible() && "a process has its turns on its shard");
  assert(!is_running() && "a process has one turn at a time");
  phase_ = phase::running;
  shard().set_running(this);
}

std::size_t process_block::take_turn(std::size_t limit) {
  std::size_t handled = 0;
  take_turn_with([&] {
    for (; handled < limit && may_handle_more() && !mailbox_.empty(); ++handled)
      handle_next();
  });
  return handled;
}

void process_block::handle_next() {
  signal* entry = mailbox_.pop();
  guard([&] { entry->handle(*this); });
}

void process_block::end_turn(bool was_scheduled) {
  assert(is_running() && "a turn ends once");
  if (!ending_ && behaviour_)
    guard([&] { behaviour_->on_end_of_turn(); });
  shard().set_running(nullptr);
  if (ending_) {
    if (was_scheduled)
      shard().make_unready(*this);
    finish(); // in the turn that ends it, to which everything the turn gathered belongs
    return;
  }
  phase_ = was_scheduled ? phase::scheduled : phase::idle;
  if (!mailbox_.empty() && takes_messages())
    schedule();
}

void process_block::begin_wait(waiter& awaited) noexcept {
  assert(is_accessible() && !is_waiting() && "a process waits for one thing at a time");
  over_at_once_ = 0;
  waiter_ = &awaited;
}

void process_block::take_in_signals() {
  shard().take_in_signals();
}

bool process_block::may_go_on_at_once() noexcept {
  assert(is_running() && "a callback goes on within a turn only");
  return ++over_at_once_ < shard::turn_limit;
}

std::string process_block::type_name() const {
  std::string text;
  if (behaviour_)
    print_type(text, behaviour_->type());
  return text;
}

std::string process_block::describe() {
  std::string text = "process " + to_string(pid());
  if (is_alive() && behaviour_) {
    text += " (";
    print_type(text, behaviour_->type());
    text += ')';
  }
  return text;
}

void process_block::crash() noexcept {
  assert(std::current_exception() && "an exception is being handled");
  if (ending_)
    return;
  end(thrown_reason());
  shard().guarded("a process exited, and is not named", [this] {
    node().log(log_level::error, describe() + " exited: " + to_string(*ending_));
  });
  node().events().tell(events::process_crash, [this] {
    return event_facts{
        {},
        {{"pid", pid()}, {"behaviour", type_name()}, {"reason", exit_reason(*ending_)}}};
  });
}

} // namespace detail

void behaviour::on_overload() {
  detail::block_of(self()).end(detail::mailbox_full(self()));
}

} // namespace websock::runtime
