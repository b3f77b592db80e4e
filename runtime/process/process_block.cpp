// Arrival and turns: how a process takes what is sent to it, and what becomes of an
// exception.
#include "websock/runtime/process/process_block.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/term/thrown.hpp"
#include "websock/runtime/wait/waiter.hpp"

#include <utility>

namespace websock::runtime {

bool behaviour::is_on_its_shard() const noexcept {
  return self_->shard().is_current();
}

namespace detail {

namespace {

/// Tells the behaviour, in a turn of its own process.
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
  // A dead process answers links and monitors on its shard, behind all that it sent
  // before.
  if (!target.is_alive() && entry->kind() != signal_kind::control)
    entry->bounce(target);
  else if (to.shard().is_current())
    target.arrive(entry);
  else
    to.shard().post_signal(target, entry);
}

// Arrival.

void process_block::arrive(signal* entry) {
  assert(shard().is_current() && "a signal arrives on the shard of its process");
  shard().topics().settle();
  admit(entry);
}

// A process without memory for what it is told cannot go on as if it had not been.
void process_block::admit_unusual(signal* entry) noexcept {
  if (phase_ == phase::exited || ending_)
    entry->bounce(*this);
  else
    guard([&] { admit_by_kind(entry); });
}

void process_block::admit_by_kind(signal* entry) {
  if (phase_ == phase::unborn && entry->kind() != signal_kind::start) {
    mailbox_.push(entry); // who has the pid from elsewhere may be faster than the start
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

/// Adds to the shard's count what one arrival made the mailbox drop.
struct process_block::dropped_here {
  ~dropped_here() { on.count_dropped(count); }
  runtime::shard& on;
  std::uint64_t count = 0;
};

void process_block::admit_beyond_limit(signal* entry) {
  std::unique_ptr<signal, signal_disposer> own(entry);
  dropped_here dropped{shard()};
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

// What is wanted is asked of a function of the application, which may throw: then the
// message waits for the end of the process.
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

void process_block::resume() {
  suspended_ = false;
  if (!mailbox_.empty() && takes_messages())
    schedule();
}

void process_block::begin_turn() noexcept {
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
  if (!ending_ && behaviour_)
    guard([&] { behaviour_->on_end_of_turn(); });
  shard().set_running(nullptr);
  if (ending_) {
    if (was_scheduled)
      shard().make_unready(*this);
    finish(); // in the turn that ends it: what the turn gathered is its own
    return;
  }
  phase_ = was_scheduled ? phase::scheduled : phase::idle;
  if (!mailbox_.empty() && takes_messages())
    schedule();
}

void process_block::begin_wait(waiter& what) noexcept {
  over_at_once_ = 0;
  waiter_ = &what;
}

void process_block::take_in_signals() {
  shard().take_in_signals();
}

bool process_block::may_go_on_at_once() noexcept {
  return ++over_at_once_ < shard::turn_limit;
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
  if (ending_)
    return;
  end(thrown_reason());
  shard().guarded("a process exited, and is not named", [this] {
    node().log(log_level::error, describe() + " exited: " + to_string(*ending_));
  });
}

} // namespace detail

void behaviour::on_overload() {
  detail::block_of(self()).end(detail::mailbox_full(self()));
}

} // namespace websock::runtime
