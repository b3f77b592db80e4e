// The process itself: its mailbox, its turns and what it is tied to. What shards,
// signals, waits and tables work on; a behaviour has only its handle (process.hpp).
#pragma once

#include "websock/runtime/behaviour/behaviour.hpp"
#include "websock/runtime/mailbox/bounded_mailbox.hpp"
#include "websock/runtime/mailbox/signal.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/relations.hpp"
#include "websock/runtime/table/linked_list.hpp"
#include "websock/runtime/term/access.hpp"
#include "websock/runtime/term/ending.hpp"

#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace websock::runtime::detail {

class waiter;

/// A process has one life: unborn until its start signal has arrived, then idle,
/// scheduled or running by turns, and exited. A signal that reaches it **arrives**; it
/// takes effect at once or is **enqueued**; a **turn** handles what is in the mailbox.
/// Its shard only, unless a function says otherwise.
class process_block : public process {
public:
  // Arrival.
  /// Takes ownership of `entry`, which comes behind all that is published here.
  void arrive(signal* entry);
  /// The same when nothing is published.
  void admit(signal* entry) {
    const bool is_usual = entry->kind() == signal_kind::message && phase_ != phase::exited
                          && phase_ != phase::unborn && !ending_ && waiter_ == nullptr
                          && !mailbox_.is_full_for(*entry);
    if (is_usual)
      enqueue(entry);
    else
      admit_unusual(entry);
  }
  /// Ahead of all that waits, for an entry that is not done.
  void enqueue_first(signal& entry);
  /// Whether nothing is in the mailbox behind `entry`.
  [[nodiscard]] bool is_newest(const signal& entry) const noexcept {
    return mailbox_.is_newest(entry);
  }
  /// Takes the first that `wanted` accepts out of the mailbox; null when none is there.
  template <class Predicate>
  [[nodiscard]] signal* take_out(Predicate wanted) {
    return mailbox_.extract(wanted);
  }

  // Turns.
  /// One turn: handles at most `limit` entries, and returns how many it did.
  std::size_t take_turn(std::size_t limit);
  /// One turn of a process that is idle: calls `work`, which asks `may_handle_more()`.
  template <class F>
  void take_turn_with(F work) {
    begin_turn();
    work();
    end_turn(false);
  }
  /// Runs `work` as a turn of its own, before what is in the mailbox: from a socket's
  /// readiness or a timer, never from a callback. Nothing when it may not have a turn.
  /// `work` calls no handler's callback unless `is_idle()`.
  template <class F>
  void run_turn(F work) {
    if (phase_ == phase::running || phase_ == phase::exited || ending_)
      return;
    const bool was_scheduled = phase_ == phase::scheduled;
    begin_turn();
    guard([&] { work(); });
    end_turn(was_scheduled);
  }
  /// Whether a turn could start now and would be the oldest thing to do. Between turns.
  [[nodiscard]] bool is_idle() const noexcept {
    return phase_ == phase::idle && mailbox_.empty() && takes_messages();
  }
  [[nodiscard]] bool is_running() const noexcept { return phase_ == phase::running; }
  [[nodiscard]] bool is_scheduled() const noexcept { return phase_ == phase::scheduled; }
  /// Within a turn.
  [[nodiscard]] bool may_handle_more() const noexcept {
    return !ending_ && takes_messages();
  }
  /// Within a turn: the behaviour has the message.
  void handle_message(term message) {
    ++messages_handled_;
    behaviour_->on_message(access::hand_on(message));
  }
  /// Within a turn: calls `work`; what it throws ends the process.
  template <class F>
  void guard(F work) noexcept;
  /// Whether `make_room(relations&)` has got the memory that it takes; if not, the
  /// process ends.
  template <class F>
  [[nodiscard]] bool has_room(F make_room) noexcept {
    bool has_all = false;
    guard([&] {
      make_room(ties());
      has_all = true;
    });
    return has_all;
  }
  /// Within the handler of an exception, which ends the process.
  void crash() noexcept;

  /// Takes nothing more from the mailbox until `resume`; signals still arrive, and an
  /// untrapped exit still ends it. What a blocking send is in Erlang.
  void suspend() noexcept { suspended_ = true; }
  void resume();
  [[nodiscard]] bool is_suspended() const noexcept { return suspended_; }

  // A callback that waits.
  [[nodiscard]] bool is_waiting() const noexcept { return waiter_ != nullptr; }
  /// What arrives is shown to `what` first, until `end_wait`.
  void begin_wait(waiter& what) noexcept;
  void end_wait() noexcept { waiter_ = nullptr; }
  /// Asked for each wait that is over at once: whether its callback may go on without
  /// giving up the shard. Not for ever.
  [[nodiscard]] bool may_go_on_at_once() noexcept;
  /// Takes in what has come to the shard and calls nobody back, within a turn.
  void take_in_signals();
  /// Tells the behaviour, in a turn, that a callback went on.
  void resumed() { behaviour_->on_resumed(); }
  /// Tells the behaviour, in a turn, that its mailbox was full.
  void overloaded() { behaviour_->on_overload(); }

  // Its life.
  /// The handle's, by another process or none. The new process is unborn.
  process_block(runtime::shard& on) noexcept;
  ~process_block() override;
  [[nodiscard]] runtime::pid create_child(spawn_tie tie);
  [[nodiscard]] start_result start_child(starter* first, spawn_tie tie);
  /// Its first turn begins: it runs `body`.
  void begin(std::unique_ptr<behaviour> body);
  /// It is dead from the start. Any thread, for a process whose start never arrives.
  void never_starts() noexcept;
  /// Ends with `why` once the running callback has returned, or in a turn soon: without
  /// unwinding. Nothing more is handled. The first reason counts.
  void end(exit_reason why) noexcept;
  [[nodiscard]] bool is_ending() const noexcept { return ending_ != nullptr; }
  /// Any thread. False from the moment at which the process starts to exit.
  [[nodiscard]] bool is_alive() const noexcept { return alive_.load(); }
  /// For the log: pid and behaviour.
  [[nodiscard]] std::string describe();
  /// Null before the first turn, and after the last.
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
  /// Any thread: the mark that a name is to be freed when it exits.
  void mark_named(bool named) noexcept { named_.store(named); }

  // Ties.
  /// Made on first use.
  [[nodiscard]] relations& ties();
  /// Null until then.
  [[nodiscard]] relations* existing_ties() const noexcept { return ties_.get(); }
  [[nodiscard]] bool traps_exit() const noexcept { return traps_exit_; }
  bool trap_exit(bool on) noexcept;
  /// exit(self(), why).
  void exit_itself(exit_reason why);
  void start_monitor(reference ref, const runtime::pid& other, std::string name);
  void end_request(response result);
  void forget_request(reference id, reference timer) noexcept;

  // Its mailbox.
  void limit_mailbox(const mailbox_limit& limit) { mailbox_.set_limit(limit); }
  [[nodiscard]] const bounded_mailbox& messages() const noexcept { return mailbox_; }
  [[nodiscard]] std::uint64_t messages_handled() const noexcept {
    return messages_handled_;
  }

  // CAF's own links and monitors, which only foreign actors use (caf_actor.cpp).
  virtual void notify_foreign(const exit_reason& why) = 0;
  virtual void link_foreign(const runtime::pid& other) = 0;
  virtual void unlink_foreign(const runtime::pid& other) = 0;
  virtual void monitor_foreign(const runtime::pid& other, reference ref) = 0;
  virtual void demonitor_foreign(const runtime::pid& other, reference ref) = 0;

  // The lists of its shard.
  process_block* next_ready = nullptr;
  list_links<process_block> links;

private:
  struct dropped_here;
  enum class phase : std::uint8_t { unborn, idle, scheduled, running, exited };

  [[nodiscard]] bool takes_messages() const noexcept {
    return !suspended_ && waiter_ == nullptr;
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

  void schedule();
  void begin_turn() noexcept;
  void end_turn(bool was_scheduled);
  void handle_next();
  void finish() noexcept;
  void break_ties(const exit_reason& why);

  void tie_to(const runtime::pid& child);
  [[nodiscard]] const exit_reason* start_failure() const noexcept;

  [[no_unique_address]] bounded_mailbox mailbox_;
  std::unique_ptr<behaviour> behaviour_;
  std::unique_ptr<relations> ties_;
  ending ending_; // set once it is to exit, and kept
  runtime::pid parent_;
  waiter* waiter_ = nullptr; // what the running callback waits for
  std::uint64_t messages_handled_ = 0;
  spawn_tie tie_to_parent_ = spawn_tie::none;
  phase phase_ = phase::unborn;
  bool suspended_ = false;
  bool traps_exit_ = false;
  std::uint8_t over_at_once_ = 0; // waits that were, since it last waited
  std::atomic<bool> alive_{true};
  std::atomic<bool> named_{false};
};

/// The process behind its handle. Only shards, signals and owners of sockets need it.
[[nodiscard]] inline process_block& block_of(process& handle) noexcept {
  return static_cast<process_block&>(handle);
}
[[nodiscard]] inline const process_block& block_of(const process& handle) noexcept {
  return static_cast<const process_block&>(handle);
}
/// Null for an empty pid and for an actor that is no process of ours.
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
