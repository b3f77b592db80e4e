// The process of one connection.
#include "websock/connection_process.hpp"

#include "runtime/access.hpp"
#include "runtime/process.hpp"
#include "runtime/shard.hpp"
#include "runtime/thrown.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <typeinfo>
#include <utility>

namespace websock {

using runtime::detail::access;

namespace {

[[nodiscard]] std::size_t size_of(std::span<const std::string_view> pieces) noexcept {
  std::size_t sum = 0;
  for (const auto piece : pieces)
    sum += piece.size();
  return sum;
}

} // namespace

/// The server's wish that a connection ends, in the mailbox like any message.
class connection_process::close_order final : public runtime::detail::signal {
public:
  close_order(connection_process& owner, std::uint16_t code) noexcept
      : signal(runtime::detail::signal_kind::event), owner_(owner), code_(code) {}
  void handle(runtime::process&) override {
    const std::unique_ptr<close_order> done(this);
    owner_.connection_->shut_down(code_);
    owner_.settle();
  }
  void dispose() noexcept override { delete this; }

private:
  connection_process& owner_;
  const std::uint16_t code_;
};

struct connection_process::beginning {
  agreement agreed;
  behaviour_factory make;
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
  host_.unsent().suspended -= is_counted_suspended_ ? 1U : 0U;
  host_.shard().timers().disarm(*this);
  if (has_begun())
    host_.remove(*this);
}

runtime::pid connection_process::pid() const {
  return self().pid();
}

void connection_process::ask_to_close(std::uint16_t code) {
  access::queue(self(), *new close_order(*this, code));
}

const std::type_info& connection_process::type() const noexcept {
  const websock::behaviour* handler = connection_ ? connection_->handler() : nullptr;
  return handler != nullptr ? typeid(*handler) : typeid(*this);
}

// A client takes nothing from its mailbox before its connection is there: what is sent to
// it meanwhile comes after `init`. Exit signals are never trapped in that time.
void connection_process::on_start() {
  self().limit_mailbox(options_->mailbox);
  if (!beginning_->before) {
    begin();
    return;
  }
  access::suspend(self());
  beginning_->before->start(self().shard(), [this](opening::result outcome) {
    access::run_turn(self(), [&] { opened(std::move(outcome)); });
  });
}

void connection_process::opened(opening::result outcome) {
  if (auto* failed = std::get_if<connect_failed>(&outcome))
    runtime::process::exit(runtime::reason(std::move(*failed)));
  auto& ready = std::get<opening::opened>(outcome);
  socket_ = std::move(ready.socket);
  beginning_->agreed = ready.agreed;
  beginning_->leftover = std::move(ready.leftover);
  access::resume(self());
  begin();
}

void connection_process::begin() {
  const auto first = std::move(beginning_);
  host_.add(*this);
  self().trap_exit(options_->trap_exit);
  connection_.emplace(self(), *options_, first->agreed, output_, host_.deflate_contexts(),
                      host_.spare_buffers());
  output_.target() += first->response;
  connection_->start(first->make);
  connection_->receive(std::as_writable_bytes(std::span(first->leftover)));
  watch();
  settle();
}

void connection_process::on_message(runtime::term message) {
  connection_->receive(std::move(message));
  if (!connection_->is_quiet() || output_.size() > options_->high_mark)
    settle(); // otherwise no deadline is earlier than before
}

void connection_process::on_overload() {
  connection_->overloaded();
  settle();
}

void connection_process::on_resumed() {
  connection_->resumed();
  watch();
  settle();
}

void connection_process::on_ready(runtime::readiness what) {
  auto& process = self();
  if (what.writable && output_.is_backlogged())
    access::run_turn(process, [this] { write_backlog(); });
  else if (what.readable && access::is_idle(process))
    access::run_turn(process, [this] { read(); });
  else if (what.readable && !readable_.is_queued && !is_suspended_) {
    readable_.is_queued = true;
    access::queue(process, readable_);
  }
}

void connection_process::readable_mark::handle(runtime::process&) {
  is_queued = false;
  owner_.read();
  if (std::exchange(is_overdue, false) && !owner_.connection_->leaving())
    owner_.check_deadlines();
}

// One read for each readiness: a short one has drained the socket, and after a full one
// the reactor reports it again.
void connection_process::read() {
  auto buffer = connection_->room();
  if (buffer.empty())
    buffer = self().shard().scratch();
  const auto result = socket_->read(buffer);
  if (result.what == io_result::status::done)
    connection_->receive(buffer.first(result.count));
  else if (result.what == io_result::status::closed)
    end_of_stream();
  settle_traffic();
}

// A peer that has ended its own side may still read what came before. As after a blocking
// send, its end is heard of when that has gone out, or cannot.
void connection_process::end_of_stream() {
  if (!output_.empty())
    flush();
  is_ended_ = output_.is_backlogged();
  if (is_ended_)
    suspend();
  else
    connection_->peer_gone();
}

void connection_process::on_end_of_turn() {
  if (!connection_)
    return; // what is in the shared buffer is someone else's
  const bool has_to_flush = !output_.empty() && !output_.is_backlogged();
  if (has_to_flush) // a backlog goes out when the socket is writable
    flush();
  count_unsent();
  if (has_to_flush)
    settle_traffic();
}

void connection_process::count_unsent() {
  const auto unsent = output_.is_backlogged() ? output_.size() : 0;
  if (unsent != counted_unsent_)
    host_.unsent().bytes += unsent - std::exchange(counted_unsent_, unsent); // may wrap
  if (is_suspended_ != std::exchange(is_counted_suspended_, is_suspended_))
    host_.unsent().suspended += is_suspended_ ? 1 : static_cast<std::size_t>(-1);
}

void connection_process::flush() {
  if (!output_.is_backlogged()) {
    last_progress_ = self().now();
    write();
  }
  watch();
}

// As much as the kernel takes. How much that was of a backlog has to be known at once:
// what came back again and again would keep the shard awake. So has what a callback waits
// for.
void connection_process::write() {
  const bool may_post = !output_.is_backlogged() && !connection_->is_waiting();
  if (const auto all = output_.in_one_piece())
    written(may_post ? socket_->post(*all) : socket_->write(*all));
  else
    gather();
  if (output_.empty())
    connection_->drained();
}

void connection_process::gather() {
  bool is_all_taken = true;
  while (is_all_taken && !output_.empty()) {
    std::array<std::string_view, transport::most_pieces> pieces;
    const auto gathered = output_.unsent(pieces);
    const auto result = socket_->gather(gathered);
    is_all_taken = result.count == size_of(gathered);
    written(result);
  }
}

void connection_process::written(io_result result) {
  if (result.what == io_result::status::closed) {
    output_.consume(output_.size());
    connection_->peer_gone();
    return;
  }
  if (result.count > 0)
    last_progress_ = self().now();
  output_.consume(result.count);
}

void connection_process::write_backlog() {
  write();
  if (is_ended_ && !output_.is_backlogged())
    connection_->peer_gone();
  else if (is_suspended_ && !is_ended_ && output_.size() <= options_->low_mark) {
    is_suspended_ = false;
    connection_->restart_idle_time();
    access::resume(self());
  }
  watch();
  settle();
}

// What blocks in Erlang, a send to a socket that takes nothing, suspends the process
// here.
void connection_process::suspend() {
  is_suspended_ = true;
  access::suspend(self());
  watch();
}

void connection_process::watch() {
  if (!is_suspended_ && output_.is_backlogged() && output_.size() > options_->high_mark) {
    suspend();
    return;
  }
  const auto wanted = wanted_readiness();
  if (std::exchange(watched_, wanted) != wanted)
    socket_->watch(*this, wanted);
}

// While a callback waits, what the peer sends waits in the kernel.
runtime::interest connection_process::wanted_readiness() const noexcept {
  if (is_suspended_)
    return runtime::interest::write;
  if (connection_ && connection_->is_waiting())
    return output_.is_backlogged() ? runtime::interest::write
                                   : runtime::interest::nothing;
  return output_.is_backlogged() ? runtime::interest::read_write
                                 : runtime::interest::read;
}

runtime::time_point connection_process::next_deadline() const noexcept {
  if (connection_->is_waiting())
    return runtime::time_point::max(); // nobody would hear of it
  const auto of_sending = last_progress_ + options_->send_timeout;
  if (is_suspended_)
    return of_sending;
  const auto of_connection =
      readable_.is_overdue ? runtime::time_point::max() : connection_->deadline();
  return output_.is_backlogged() ? std::min(of_connection, of_sending) : of_connection;
}

// As long as nothing has begun that has a deadline of its own, those there are move
// further away, and the timer that is armed is early enough (bench: instructions).
void connection_process::settle_traffic() {
  const bool is_free = !is_suspended_ && !output_.is_backlogged();
  if (!is_free || !is_armed() || !connection_->is_steady()
      || output_.size() > options_->high_mark)
    settle();
}

// Not inline, so that on_message saves few registers (bench: instructions).
[[gnu::noinline]] void connection_process::settle() {
  if (!is_suspended_ && output_.size() > options_->high_mark)
    flush(); // does not wait for the end of the turn, which may be many messages away
  if (const auto* why = connection_->leaving()) {
    access::end(self(), *why);
    return;
  }
  if (connection_->is_waiting())
    watch();
  // A timer that is armed too early costs one look at the clock; moving it at every frame
  // would cost more.
  auto& timers = self().shard().timers();
  const auto next = next_deadline();
  if (is_armed() && timers.due(*this) <= next)
    return;
  timers.disarm(*this);
  if (next != runtime::time_point::max())
    timers.arm(*this, next);
}

// A process that is busy, or held, is late itself: whether its peer was silent shows when
// it comes to look, behind what is in the mailbox already.
void connection_process::expire(runtime::time_point) {
  auto& process = self();
  if (is_suspended_ || access::is_idle(process)) {
    access::run_turn(process, [this] { check_deadlines(); });
    return;
  }
  readable_.is_overdue = true;
  if (!std::exchange(readable_.is_queued, true))
    access::queue(process, readable_);
}

void connection_process::check_deadlines() {
  if (output_.is_backlogged() && self().now() >= last_progress_ + options_->send_timeout)
    connection_->send_timed_out();
  else if (!is_suspended_ && self().now() >= connection_->deadline()) {
    read(); // what has arrived is no silence
    connection_->check_deadlines();
  }
  settle();
}

// Outside of its turns, where nobody else catches.
void connection_process::failed() noexcept {
  self().shard().log_thrown("a connection is cut off");
  runtime::detail::access::end(self(), runtime::detail::thrown_reason());
}

void connection_process::on_exit(const runtime::exit_reason& why) noexcept {
  if (!connection_)
    return;
  self().shard().guarded("a connection is cut off", [&] { say_goodbye(why); });
  output_.abandon();
}

void connection_process::say_goodbye(const runtime::exit_reason& why) {
  connection_->kill(why);
  if (const auto rest = socket_->unwatch(*this); !rest.empty())
    output_.put_back(rest);
  if (connection_->is_peer_there() && !output_.is_backlogged() && !output_.empty())
    write();
  std::string unsent = output_.take();
  if (connection_->is_peer_there())
    host_.linger(std::move(socket_), std::move(unsent),
                 connection_->role() == protocol::role::client ? ends_first::peer
                                                               : ends_first::us);
}

} // namespace websock
