// The process of one connection: its lifecycle, and what follows each event.
#include "websock/connection/connection_process.hpp"

#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/process_block.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/term/thrown.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <span>
#include <string_view>
#include <typeinfo>
#include <utility>

namespace websock {

using runtime::detail::block_of;

/// The server's request to close, in the mailbox like any message.
class connection_process::close_order final : public runtime::detail::signal {
public:
  close_order(connection_process& owner, protocol::close_code code) noexcept
      : signal(runtime::detail::signal_kind::event), owner_(owner), code_(code) {}
  void handle(runtime::detail::process_block&) override {
    const std::unique_ptr<close_order> done(this);
    owner_.connection_->shut_down(code_);
    owner_.settle();
  }
  void dispose() noexcept override { delete this; }

private:
  connection_process& owner_;
  const protocol::close_code code_;
};

struct connection_process::beginning {
  agreement agreed;
  handler_factory make;
  std::string response;
  std::string leftover;
  std::unique_ptr<opening> before;
};

connection_process::connection_process(connection_setup setup)
    : host_(*setup.host), leaving_(std::move(setup.leaving)),
      socket_(std::move(setup.socket)), options_(std::move(setup.options)),
      beginning_(new beginning{setup.agreed, std::move(setup.make),
                               std::move(setup.response), std::move(setup.leftover),
                               std::move(setup.before)}),
      output_(host_.shared_output()) {
}

connection_process::~connection_process() {
  host_.unsent().bytes -= counted_unsent_;
  host_.unsent().suspended -= is_stopped(stage_) ? 1U : 0U;
  host_.shard().timers().disarm(*this);
  if (has_begun())
    host_.remove(*this);
}

runtime::pid connection_process::pid() const {
  return self().pid();
}

void connection_process::ask_to_close(protocol::close_code code) {
  block_of(self()).arrive(new close_order(*this, code));
}

const std::type_info& connection_process::type() const noexcept {
  const websock::handler* handler = connection_ ? connection_->body() : nullptr;
  return handler != nullptr ? typeid(*handler) : typeid(*this);
}

// A client takes nothing from its mailbox until it is connected: messages sent to it
// meanwhile are handled after `init`. Exit signals are never trapped during that time.
void connection_process::on_start() {
  self().limit_mailbox(options_->mailbox);
  if (!beginning_->before) {
    begin();
    return;
  }
  block_of(self()).suspend();
  beginning_->before->start(self().shard(), [this](opening::result outcome) {
    block_of(self()).run_turn([&] { opened(std::move(outcome)); });
  });
}

void connection_process::opened(opening::result outcome) {
  assert(stage_ == stage::opening && !has_begun() && "a way to the peer opens once");
  if (auto* failed = std::get_if<connect_failed>(&outcome))
    runtime::process::exit(runtime::reason::of(std::move(*failed)));
  auto& ready = std::get<opening::opened>(outcome);
  socket_ = std::move(ready.socket);
  beginning_->agreed = ready.agreed;
  beginning_->leftover = std::move(ready.leftover);
  block_of(self()).resume();
  begin();
}

void connection_process::begin() {
  const auto first = std::move(beginning_);
  host_.add(*this);
  self().trap_exit(options_->trap_exit);
  connection_.emplace(self(), *options_, first->agreed, output_, host_.deflate_contexts(),
                      host_.spare_buffers());
  connection_->tell_start(first->agreed.deflate ? 1 : 0);
  output_.target() += first->response;
  connection_->start(first->make);
  connection_->receive(std::as_writable_bytes(std::span(first->leftover)));
  enter(occasion::begun);
  settle();
}

void connection_process::on_message(runtime::term message) {
  connection_->receive(std::move(message));
  if (!connection_->is_quiet() || output_.size() > options_->high_mark)
    settle(); // otherwise no deadline has become earlier
}

void connection_process::on_overload() {
  connection_->overloaded();
  settle();
}

void connection_process::on_resumed() {
  connection_->resumed();
  if (!connection_->is_waiting()) {
    enter(occasion::callback_done);
    unread_ = 0;
  }
  settle();
}

void connection_process::on_end_of_turn() {
  if (!connection_)
    return; // the shared buffer holds the output of another connection
  const bool has_to_flush = !output_.empty() && !output_.is_backlogged();
  if (has_to_flush) // a backlog waits until the socket is writable
    flush();
  count_unsent();
  if (has_to_flush)
    settle_traffic();
  assert(host_.shared_output().empty() && "what a turn has gathered is its own");
}

connection_process::stage connection_process::next(stage now, occasion what) noexcept {
  switch (what) {
  case occasion::begun:
    assert(now == stage::opening);
    return stage::open;
  case occasion::peer_waits:
    assert(now == stage::open);
    return stage::held_back;
  case occasion::callback_done:
    return now == stage::held_back ? stage::open : now;
  case occasion::too_much_unsent:
    assert(now == stage::open || now == stage::held_back);
    return stage::suspended;
  case occasion::little_unsent:
    assert(now == stage::suspended);
    return stage::open;
  case occasion::peer_ended:
    assert(now == stage::open);
    break;
  }
  return stage::ended;
}

// Sending to a socket that accepts no data blocks in Erlang; here it suspends the
// process.
void connection_process::enter(occasion what) {
  const auto before = std::exchange(stage_, next(stage_, what));
  if (is_stopped(before) == is_stopped(stage_))
    return;
  if (is_stopped(stage_)) {
    ++host_.unsent().suspended;
    block_of(self()).suspend();
  } else {
    --host_.unsent().suspended;
    connection_->restart_times();
    block_of(self()).resume();
  }
}

// The only place that changes what is watched. Makes no callbacks.
void connection_process::watch() {
  assert(!is_stopped(stage_) || output_.is_backlogged());
  assert(stage_ != stage::held_back || connection_->is_waiting());
  const auto wanted = wanted_readiness();
  if (std::exchange(watched_, wanted) != wanted)
    socket_->watch(*this, wanted);
}

runtime::interest connection_process::wanted_readiness() const noexcept {
  const bool is_backlogged = output_.is_backlogged();
  switch (stage_) {
  case stage::open:
    return is_backlogged ? runtime::interest::read_write : runtime::interest::read;
  case stage::held_back:
  case stage::suspended:
  case stage::ended:
    return is_backlogged ? runtime::interest::write : runtime::interest::nothing;
  case stage::opening:
    break;
  }
  return runtime::interest::nothing;
}

// Whether the peer is idle is decided behind what is already in the mailbox, unless a
// callback waits: then the mailbox might never get that far.
runtime::time_point connection_process::next_deadline() const noexcept {
  const auto of_sending = last_progress_ + options_->send_timeout;
  if (is_stopped(stage_))
    return of_sending;
  const auto* const place = arrivals_.newest();
  const bool is_in_mailbox =
      place != nullptr && place->is_deadline && !connection_->is_waiting();
  const auto of_connection =
      is_in_mailbox ? runtime::time_point::max() : connection_->deadline();
  return output_.is_backlogged() ? std::min(of_connection, of_sending) : of_connection;
}

// A timer that fires too early costs one look at the clock; moving it at every frame
// would cost more.
void connection_process::await_deadline() {
  auto& timers = self().shard().timers();
  const auto next = next_deadline();
  if (is_armed() && timers.due(*this) <= next)
    return;
  timers.disarm(*this);
  if (next != runtime::time_point::max())
    timers.arm(*this, next);
}

// Unless something with a deadline of its own has begun, traffic only postpones
// deadlines, and the armed timer is early enough (bench: instructions).
void connection_process::settle_traffic() {
  const bool is_usual =
      watched_ == runtime::interest::read && stage_ == stage::open && is_armed();
  if (!is_usual || output_.is_backlogged() || !connection_->is_steady()
      || output_.size() > options_->high_mark)
    settle();
}

// Not inline, so that on_message saves few registers (bench: instructions).
[[gnu::noinline]] void connection_process::settle() {
  const auto is_too_much = [this] {
    return !is_stopped(stage_) && output_.size() > options_->high_mark;
  };
  if (is_too_much() && !output_.is_backlogged())
    flush(); // now, as the end of the turn may be many messages away
  if (const auto* why = connection_->leaving()) {
    block_of(self()).end(*why);
    return;
  }
  if (is_too_much())
    enter(occasion::too_much_unsent);
  watch();
  await_deadline();
}

// A busy process may be late itself: whether its peer was idle is decided behind what is
// already in the mailbox.
void connection_process::expire(runtime::time_point) {
  auto& process = self();
  if (is_stopped(stage_) || process.is_waiting()
      || (block_of(process).is_idle() && arrivals_.empty())) {
    block_of(process).run_turn([this] { check_deadlines(); });
    return;
  }
  take_place();
  if (auto* const place = arrivals_.newest()) // a process that is ending takes none
    place->is_deadline = true;
}

void connection_process::check_deadlines() {
  if (output_.is_backlogged() && self().now() >= last_progress_ + options_->send_timeout)
    connection_->send_timed_out();
  else if (!is_stopped(stage_) && self().now() >= connection_->deadline()) {
    look_for_peer();
    connection_->check_deadlines();
  }
  settle();
}

// For exceptions outside turns, which nothing else catches.
void connection_process::failed() noexcept {
  self().shard().log_thrown("a connection is cut off");
  runtime::detail::block_of(self()).end(runtime::detail::thrown_reason());
}

void connection_process::on_exit(const runtime::exit_reason& why) noexcept {
  if (!connection_)
    return;
  self().shard().guarded("a connection is cut off", [&] { say_goodbye(why); });
  output_.abandon();
  connection_->tell_end(why);
}

void connection_process::say_goodbye(const runtime::exit_reason& why) {
  connection_->kill(why);
  if (const auto rest = socket_->unwatch(*this); !rest.empty())
    output_.put_back(rest);
  if (connection_->is_peer_there() && !output_.is_backlogged() && !output_.empty())
    write();
  auto unsent = output_.take();
  const auto first = who_ends_first();
  if (connection_->is_peer_there())
    host_.linger(std::move(socket_), std::move(unsent), first);
}

// RFC 8446 §6.1: close_notify ends only what the peer reads, but some peers take it for
// the end of both directions. So if the peer's close frame is still due, wait for it
// briefly.
ends_first connection_process::who_ends_first() const noexcept {
  if (connection_->role() == protocol::role::client)
    return ends_first::peer;
  return socket_->is_secure() && !connection_->has_peer_closed() ? ends_first::us_answered
                                                                 : ends_first::us;
}

} // namespace websock
