// The process itself: its mailbox, its turns and its ties. Shards, signals, waits and
// tables work on this class; a behaviour has only the handle (process.hpp).
#pragma once

#include "../behaviour/behaviour.hpp"
#include "../mailbox/bounded_mailbox.hpp"
#include "../mailbox/signal.hpp"
#include "../table/linked_list.hpp"
#include "../term/access.hpp"
#include "../term/ending.hpp"
#include "process.hpp"
#include "relations.hpp"

#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace websock::runtime::detail {

class remote_gate;
class waiter;

/// A process: one behaviour, one mailbox, on one shard for life. It is unborn until its
/// start signal arrives; then it alternates between idle, scheduled and running; finally
/// it has exited. A signal for it **arrives**, and either takes effect at once or is
/// **enqueued**. Once enqueued it is ready, and the shard gives it a **turn**, in which
/// the behaviour handles up to `turn_limit` entries one after the other. Its shard only,
/// unless stated otherwise.
class process_block : public process {
public:
  // Arrival.
  /// Takes ownership of `entry`, which is handled after everything published here so far.
  void arrive(signal* entry);
  /// The same when no publication is pending.
  void admit(signal* entry) {
    assert(is_accessible() && "only its shard admits a signal to a process");
    const bool is_usual = entry->kind() == signal_kind::message && phase_ != phase::exited
                          && phase_ != phase::unborn && !ending_ && waiter_ == nullptr
                          && !mailbox_.is_full_for(*entry);
    if (is_usual)
      enqueue(entry);
    else
      admit_unusual(entry);
  }
  /// Puts `entry`, which is not yet dealt with, ahead of everything that waits.
  void enqueue_first(signal& entry);
  /// Whether nothing in the mailbox arrived after `entry`.
  [[nodiscard]] bool is_newest(const signal& entry) const noexcept {
    return mailbox_.is_newest(entry);
  }
  /// Removes and returns the first entry that `wanted` accepts; null when there is none.
  template <class Predicate>
  [[nodiscard]] signal* take_out(Predicate wanted) {
    assert(is_accessible() && "only its shard touches a mailbox");
    return mailbox_.extract(wanted);
  }

  // Turns.
  /// One turn: handles at most `limit` entries and returns how many.
  std::size_t take_turn(std::size_t limit);
  /// One turn of an idle process: calls `work`, which checks `may_handle_more()`.
  template <class F>
  void take_turn_with(F work) {
    begin_turn();
    work();
    end_turn(false);
  }
  /// Runs `work` as a turn of its own, ahead of the mailbox: for a socket's readiness or
  /// a timer, never from a callback. Does nothing when the process may not have a turn
  /// now. `work` must not call a handler's callback unless `is_idle()`.
  template <class F>
  void run_turn(F work) {
    assert(is_between_turns() && "a turn of its own does not begin within another turn");
    if (phase_ == phase::running || phase_ == phase::exited || ending_)
      return;
    const bool was_scheduled = phase_ == phase::scheduled;
    begin_turn();
    guard([&] { work(); });
    end_turn(was_scheduled);
  }
  /// Whether a turn could start now and would handle the oldest event. Between turns
  /// only.
  [[nodiscard]] bool is_idle() const noexcept {
    assert(is_between_turns() && "who is idle is asked between turns only");
    return phase_ == phase::idle && mailbox_.empty() && takes_messages();
  }
  [[nodiscard]] bool is_running() const noexcept { return phase_ == phase::running; }
  [[nodiscard]] bool is_scheduled() const noexcept { return phase_ == phase::scheduled; }
  /// Only within a turn.
  [[nodiscard]] bool may_handle_more() const noexcept {
    assert(is_running() && "a message is handled within a turn only");
    return !ending_ && takes_messages();
  }
  /// Only within a turn: passes the message to the behaviour.
  void handle_message(term message) {
    assert(is_running() && "a message is handled within a turn only");
    ++messages_handled_;
    behaviour_->on_message(access::hand_on(message));
  }
  /// Only within a turn: calls `work`; an exception from it ends the process.
  template <class F>
  void guard(F work) noexcept;
  /// Whether `make_room(relations&)` could allocate what it needs; if not, the process
  /// ends.
  template <class F>
  [[nodiscard]] bool has_room(F make_room) noexcept {
    bool has_all = false;
    guard([&] {
      make_room(ties());
      has_all = true;
    });
    return has_all;
  }
  /// Call while handling an exception: it ends the process.
  void crash() noexcept;

  /// What does not take what a process has sent.
  enum class suspended_by : std::uint8_t { socket = 1, node = 2 };
  /// Takes nothing more from the mailbox until `resume` for every cause; signals still
  /// arrive, and an untrapped exit still ends the process. Like a blocking send in
  /// Erlang.
  void suspend(suspended_by what = suspended_by::socket) noexcept;
  void resume(suspended_by what = suspended_by::socket);
  [[nodiscard]] bool is_suspended() const noexcept { return suspended_ != 0; }

  // A callback that waits.
  [[nodiscard]] bool is_waiting() const noexcept { return waiter_ != nullptr; }
  /// Offers arriving signals to `awaited` first, until `end_wait`.
  void begin_wait(waiter& awaited) noexcept;
  void end_wait() noexcept {
    assert(is_waiting() && "a wait ends once");
    waiter_ = nullptr;
  }
  /// Asked by each wait that ends at once: whether the callback may continue without
  /// giving up the shard. False after too many in a row.
  [[nodiscard]] bool may_go_on_at_once() noexcept;
  /// Within a turn: takes in what has arrived at the shard and runs no user code.
  void take_in_signals();
  /// Tells the behaviour, in a turn, that a callback was resumed.
  void resumed() {
    assert(is_running() && "a callback goes on within a turn only");
    behaviour_->on_resumed();
  }
  /// Tells the behaviour, in a turn, that its mailbox was full.
  void overloaded() {
    assert(is_running() && "a behaviour hears of a full mailbox within a turn only");
    behaviour_->on_overload();
  }

  // Its life.
  /// The new process is unborn. Called by another process or by the node.
  process_block(runtime::shard& home) noexcept;
  ~process_block() override;
  [[nodiscard]] runtime::pid create_child(spawn_tie tie);
  [[nodiscard]] start_result start_child(starter* first, spawn_tie tie);
  /// Begins its first turn, in which it runs `body`.
  void begin(std::unique_ptr<behaviour> body);
  /// Marks it dead from the start. Any thread, for a process whose start never arrives.
  void never_starts() noexcept;
  /// Ends the process with `why`, without unwinding: after the running callback, else in
  /// a turn soon. Nothing more is handled. The first reason wins.
  void end(exit_reason why) noexcept;
  [[nodiscard]] bool is_ending() const noexcept { return ending_ != nullptr; }
  /// Any thread. False once the process has begun to exit.
  [[nodiscard]] bool is_alive() const noexcept { return alive_.load(); }
  /// The name of its behaviour; empty before the first turn and after the last.
  [[nodiscard]] std::string type_name() const;
  /// For the log: pid and behaviour.
  [[nodiscard]] std::string describe();
  /// Null before the first turn and after the last.
  [[nodiscard]] const behaviour* body() const noexcept { return behaviour_.get(); }
  [[nodiscard]] static const std::type_info& type_of(const behaviour& body) noexcept {
    return body.type();
  }
  [[nodiscard]] static process* runner_of(const behaviour& body) noexcept {
    return body.self_;
  }
  [[nodiscard]] const runtime::pid& parent() const noexcept { return parent_; }
  [[nodiscard]] bool is_linked_child() const noexcept {
    return tie_to_parent_ == spawn_tie::link;
  }
  /// Any thread: notes whether it has a name to free when it exits.
  void mark_named(bool named) noexcept { named_.store(named); }
  /// Its shard has timers for it, to be cancelled when it exits.
  void mark_timed() noexcept {
    assert(is_accessible() && "only its shard marks a process");
    is_timed_ = true;
  }

  // Ties.
  /// Created on first use.
  [[nodiscard]] relations& ties();
  /// Null until `ties()` has created them.
  [[nodiscard]] relations* existing_ties() const noexcept {
    assert(is_accessible() && "only its shard touches the ties of a process");
    return ties_.get();
  }
  [[nodiscard]] bool traps_exit() const noexcept { return traps_exit_; }
  bool trap_exit(bool traps) noexcept;
  /// exit(self(), why).
  void exit_itself(exit_reason why);
  void start_monitor(reference ref, const runtime::pid& other, name_at name);
  /// The same for a name on another node.
  void start_monitor_at(reference ref, const name_at& other);
  void end_request(response result);
  void forget_request(reference id, reference timer) noexcept;

  // Its mailbox.
  void limit_mailbox(const mailbox_limit& limit) {
    assert(is_accessible() && "only its shard touches a mailbox");
    mailbox_.set_limit(limit);
  }
  [[nodiscard]] const bounded_mailbox& messages() const noexcept {
    assert(is_accessible() && "only its shard touches a mailbox");
    return mailbox_;
  }
  [[nodiscard]] std::uint64_t messages_handled() const noexcept {
    return messages_handled_;
  }

  // Ties with what is no process of this node (foreign_ties.cpp).
  void link_foreign(const runtime::pid& other);
  void unlink_foreign(const runtime::pid& other);
  void unlink_acknowledged(const runtime::pid& by) noexcept;
  void monitor_foreign(const runtime::pid& other, reference ref);
  /// Does nothing when `watched` is nobody. Throws std::bad_alloc and has done nothing.
  void demonitor_foreign(const relations::monitored& watched, reference ref);
  /// The same; without memory the connection is given up.
  void demonitor_or_lose(const relations::monitored& watched, reference ref) noexcept;

  // CAF's own links and monitors, which only its actors use (caf_actor.cpp).
  virtual void notify_foreign(const exit_reason& why) = 0;
  virtual void link_actor(const runtime::pid& other) = 0;
  virtual void unlink_actor(const runtime::pid& other) = 0;
  virtual void monitor_actor(const runtime::pid& other, reference ref) = 0;
  virtual void demonitor_actor(const runtime::pid& other, reference ref) = 0;

  // Links in the lists of its shard.
  process_block* next_ready = nullptr;
  list_links<process_block> links;

private:
  struct dropped_here;
  enum class phase : std::uint8_t { unborn, idle, scheduled, running, exited };

  // For assertions: what shard::is_accessible and shard::is_between_turns say.
  [[nodiscard]] bool is_accessible() const noexcept;
  [[nodiscard]] bool is_between_turns() const noexcept;

  [[nodiscard]] bool takes_messages() const noexcept {
    return suspended_ == 0 && waiter_ == nullptr;
  }
  void admit_unusual(signal* entry) noexcept;
  void admit_by_kind(signal* entry);
  void admit_start(signal* entry);
  void admit_exit(signal* entry);
  void admit_down(signal* entry);
  void admit_beyond_limit(signal* entry);
  [[nodiscard]] bool is_awaited(signal& entry);
  void give_to_waiter_or_enqueue(signal* entry);
  void enqueue(signal* entry) noexcept;
  void admit_own_exits() noexcept;

  void tell_mailbox_full(std::uint64_t dropped) noexcept;
  void schedule();
  void begin_turn() noexcept;
  void end_turn(bool was_scheduled);
  void handle_next();
  void finish() noexcept;
  void tell_exit(const exit_reason& why) noexcept;
  void break_ties(const exit_reason& why);

  [[nodiscard]] remote_gate* gate_to(const relations::monitored& watched) const noexcept;
  void tie_to(const runtime::pid& child);
  [[nodiscard]] const exit_reason* start_failure() const noexcept;

  [[no_unique_address]] bounded_mailbox mailbox_;
  std::unique_ptr<behaviour> behaviour_;
  std::unique_ptr<relations> ties_;
  ending ending_; // set once it is to exit, and kept from then on
  runtime::pid parent_;
  waiter* waiter_ = nullptr; // what the running callback waits for
  std::uint64_t messages_handled_ = 0;
  spawn_tie tie_to_parent_ = spawn_tie::none;
  phase phase_ = phase::unborn;
  std::uint8_t suspended_ = 0; // a bit for each suspended_by
  bool traps_exit_ = false;
  bool is_timed_ = false;
  std::uint8_t over_at_once_ = 0; // waits in a row that ended at once
  std::atomic<bool> alive_{true};
  std::atomic<bool> named_{false};
};

/// The process behind its handle. Only for shards, signals and owners of sockets.
[[nodiscard]] inline process_block& block_of(process& handle) noexcept {
  return static_cast<process_block&>(handle);
}
[[nodiscard]] inline const process_block& block_of(const process& handle) noexcept {
  return static_cast<const process_block&>(handle);
}
/// Null for an empty pid and for an actor that is not one of our processes.
[[nodiscard]] inline process_block* find_block(const pid& who) noexcept {
  return static_cast<process_block*>(access::local(who));
}

template <class F>
void process_block::guard(F work) noexcept {
  try {
    work();
  } catch (exit_request& request) {
    if (!ending_)
      end(std::move(request.reason));
  } catch (...) {
    crash();
  }
}

} // namespace websock::runtime::detail
