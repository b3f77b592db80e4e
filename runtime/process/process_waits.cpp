// How a process is suspended in a callback and resumed: waits, and work on the pool.
#include "../address/gen_call.hpp"
#include "../behaviour/behaviour.hpp"
#include "../wait/pool_work.hpp"
#include "../wait/waiter.hpp"
#include "../wait/waits.hpp"
#include "node.hpp"
#include "process_block.hpp"
#include "shard.hpp"

#include <cassert>
#include <stdexcept>

namespace websock::runtime::detail {

waiter::~waiter() {
  if (state_ == state::waiting)
    block_of(who_).end_wait();
  if (state_ == state::due) // the coroutine is destroyed before it was resumed
    static_cast<void>(
        block_of(who_).take_out([this](const signal& each) { return &each == this; }));
  who_.shard().timers().disarm(*this);
}

bool waiter::stand_still(coroutine& waiting) {
  auto& block = block_of(who_);
  if (!block.is_running() || who_.shard().turn().running != &block)
    throw std::logic_error("co_await outside of a callback of the process");
  if (block.is_waiting())
    throw std::logic_error("co_await while the process waits for something else: it "
                           "waits for one thing at a time");
  const bool is_over = comes_at_once();
  if (is_over && block.may_go_on_at_once())
    return false;
  waiting_ = &waiting;
  if (is_over) {
    pause(); // the other processes get their turns
    return true;
  }
  state_ = state::waiting;
  block.begin_wait(*this);
  if (limit_ != infinity) {
    // Reads the clock: the round's time may be stale, and a timeout must not be early.
    who_.shard().timers().arm(*this, deadline_in(who_.shard().read_clock(), limit_));
  }
  begin();
  return true;
}

void waiter::pause() {
  assert(state_ != state::waiting && "it waits for one thing at a time");
  is_pausing_ = true;
  state_ = state::waiting;
  block_of(who_).begin_wait(*this);
  who_.shard().timers().arm(*this, who_.shard().read_clock());
}

bool waiter::comes_at_once() {
  return may_have_come() && (take_from_mailbox() || polls_in_vain());
}

bool waiter::take_from_mailbox() {
  who_.shard().topics().settle();
  signal* found =
      block_of(who_).take_out([this](const signal& each) { return wants(each); });
  if (found == nullptr)
    return false;
  take(found);
  state_ = state::over;
  return true;
}

// A zero limit checks what has already arrived at the shard, without giving up the turn.
bool waiter::polls_in_vain() {
  if (limit_ > duration::zero())
    return false;
  block_of(who_).take_in_signals();
  if (block_of(who_).is_ending())
    return false; // stays suspended for good, as the process is ending
  static_cast<void>(take_from_mailbox());
  state_ = state::over;
  return true;
}

bool waiter::wants(const signal&) const {
  return false;
}

void waiter::take(signal* entry) {
  entry->dispose();
}

void waiter::finish() {
  if (state_ != state::waiting)
    return;
  who_.shard().timers().disarm(*this);
  block_of(who_).end_wait();
  state_ = state::due;
  block_of(who_).enqueue_first(*this);
}

frame_pool* frames_of(const process& self) noexcept {
  return &self.shard().frames();
}

frame_pool* frames_of(const behaviour& self) noexcept {
  const process* runner = process_block::runner_of(self);
  return runner != nullptr ? &runner->shard().frames() : nullptr;
}

term signal::peek() const {
  return {};
}

void waiter::expire(time_point) {
  assert(state_ == state::waiting && "the limit of a wait ends with it");
  if (is_pausing_)
    finish();
  else
    time_is_up();
}

// Otherwise the coroutine would wait for ever.
void waiter::failed() noexcept {
  block_of(who_).crash();
}

// Resuming the coroutine destroys the waiter.
void waiter::handle(process_block& target) {
  assert(state_ == state::due && "a coroutine goes on once for each wait");
  state_ = state::over;
  if (waiting_ != nullptr)
    waiting_->go_on();
  target.resumed();
}

term waiter::message_of(const signal& entry) {
  return entry.peek();
}

// Kinds of waits.

bool waiting_for_message::wants(const signal& entry) const {
  if (is_pausing())
    return false;
  const term message = message_of(entry);
  return message && accepts(message);
}

void waiting_for_message::take(signal* entry) {
  found_ = message_of(*entry);
  entry->dispose();
}

calling_term::~calling_term() {
  if (id_ && !found())
    who().cancel_request(id_);
}

void calling_term::begin() {
  id_ = ask(limit_, std::move(request_));
}

template <class Server>
reference calling_server<Server>::ask(duration limit, term request) {
  return this->who().send_request(server_, limit, std::move(request));
}

template <class Server>
std::string_view calling_server<Server>::node_of_server() const noexcept {
  return node_of(server_);
}

template class calling_server<pid>;
template class calling_server<name_at>;

term calling_term::answer() const {
  const auto& answered = found().get<response>();
  if (!answered.is_answered())
    throw call_failed(failure_of_call(answered.failed, node_of_server()));
  return answered.value;
}

// Work on the pool.

void pool_work::start(process& who, waiter& waiting) {
  assert(itself_ == nullptr && waiting_ == nullptr && "work runs once");
  itself_ = shared_from_this();
  try {
    who.node().run_in_pool([this, &home = who.shard()] {
      work();
      home.post_task(*this);
    });
  } catch (...) {
    itself_ = nullptr;
    throw;
  }
  waiting_ = &waiting;
}

void pool_work::run(shard&) {
  const auto own = std::move(itself_);
  if (waiting_ != nullptr)
    waiting_->finish();
}

void pool_work::dispose() noexcept {
  const auto own = std::move(itself_);
}

} // namespace websock::runtime::detail

namespace websock::runtime {

process& waits::self() noexcept {
  return static_cast<process&>(*this);
}

} // namespace websock::runtime
