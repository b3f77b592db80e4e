// A process: one mailbox, one behaviour, pinned to one shard for life. Also a CAF actor,
// though nothing here shows it (runtime/caf.hpp does).
#pragma once

#include "runtime/access.hpp"
#include "runtime/alias.hpp"
#include "runtime/clock.hpp"
#include "runtime/deadline.hpp"
#include "runtime/ending.hpp"
#include "runtime/exit_reason.hpp"
#include "runtime/gen_call.hpp"
#include "runtime/letter.hpp"
#include "runtime/mailbox.hpp"
#include "runtime/mailbox_limit.hpp"
#include "runtime/pid.hpp"
#include "runtime/reference.hpp"
#include "runtime/relations.hpp"
#include "runtime/send.hpp"
#include "runtime/send_timers.hpp"
#include "runtime/spawn.hpp"
#include "runtime/system_message.hpp"
#include "runtime/waits.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace runtime {

class node;
class shard;
class name_table;
class topic_table;

/// Thrown by `process::exit(reason)` to unwind the callback; not meant to be caught.
struct exit_request {
  exit_reason reason;
};

namespace detail {
class mailbox_load;
class overload_signal;
} // namespace detail

/// Thrown when a process sends an exit signal to itself that ends it: no callback comes
/// after it, not even terminate. Source: erlang:exit/2 with self().
struct signalled_exit : exit_request {};

/// What became of a process that was started and waited for.
struct start_result {
  pid process;        // empty unless it is up
  exit_reason failed; // why it is not, unless it said `ignore`
  pid leaving; // not up, but not gone either: it exits with `failed` when it is done
  bool ignored = false; // it said `ignore`

  [[nodiscard]] bool is_up() const noexcept { return static_cast<bool>(process); }
  [[nodiscard]] bool is_ignored() const noexcept { return ignored; }
};

/// link() to a dead process, from a process that does not trap exits. Source:
/// erlang:link/1, error noproc.
class no_such_process : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// What a behaviour sees as `self()`. Every member function is for the process itself, on
/// its own shard, unless it says otherwise. The words are Erlang's.
class process : public waits {
public:
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  [[nodiscard]] runtime::pid pid() noexcept { return runtime::pid(*this); }
  [[nodiscard]] runtime::node& node() const noexcept;
  [[nodiscard]] runtime::shard& shard() const noexcept { return shard_; }
  /// The time at the start of this round of the shard: cheap, and the same for a whole
  /// turn.
  [[nodiscard]] time_point now() const noexcept;

  /// Sends to whoever is registered under `name` now. Throws std::invalid_argument when
  /// nobody is. Source: erlang:send/2, badarg.
  template <class... Ts>
  void send(std::string_view name, Ts&&... values) {
    runtime::send(registered(name), std::forward<Ts>(values)...);
  }
  template <class... Ts>
  void send(const runtime::alias& to, Ts&&... values) {
    runtime::send(to, std::forward<Ts>(values)...);
  }
  template <class... Ts>
  void send(const runtime::pid& to, Ts&&... values) {
    runtime::send(to, std::forward<Ts>(values)...);
  }

  /// A new process on this shard that runs a `T` made from `args`. Never throws what T's
  /// constructor throws: that ends the new process, with `error(what)`.
  template <class T, class... Args>
  runtime::pid spawn(Args&&... args) {
    return spawn(detail::make_starter<T>(std::forward<Args>(args)...), spawn_tie::none);
  }
  /// As spawn, linked before it runs. Source: erlang:spawn_link.
  template <class T, class... Args>
  runtime::pid spawn_link(Args&&... args) {
    return spawn(detail::make_starter<T>(std::forward<Args>(args)...), spawn_tie::link);
  }
  /// As spawn, monitored before it runs. Source: erlang:spawn_monitor.
  template <class T, class... Args>
  std::pair<runtime::pid, reference> spawn_monitor(Args&&... args) {
    return spawn_monitored(detail::make_starter<T>(std::forward<Args>(args)...));
  }
  /// Spawns, links and runs the first callback of the new process at once, inside the
  /// call: when it returns, the process is up, or it is known why not. The exit of one
  /// that did not come up ends this process, inside the call, unless it traps exits or
  /// the reason is `normal`; who traps exits gets no signal. Throws std::length_error
  /// when starts are nested too deeply, in the `init` of one another. Source:
  /// gen_server:start_link.
  template <class T, class... Args>
  start_result start_link(Args&&... args) {
    return start(detail::make_starter<T>(std::forward<Args>(args)...), spawn_tie::link);
  }
  /// The same without the link. Source: gen_server:start.
  template <class T, class... Args>
  start_result start(Args&&... args) {
    return start(detail::make_starter<T>(std::forward<Args>(args)...), spawn_tie::none);
  }
  /// A process that calls `function(process&)`, which may return a waiting<T>, and exits
  /// `normal` when that is done. Source: erlang:spawn/1.
  template <class F>
  requires std::invocable<F&, process&> runtime::pid spawn(F function) {
    return spawn<detail::function_body<F>>(std::move(function));
  }

  /// Ties both ends: when one exits, the other gets an exit signal. No effect when linked
  /// already; a dead `other` answers with the exit signal `noproc`.
  void link(const runtime::pid& other);
  /// After it no exit of `other` has any effect through the former link.
  void unlink(const runtime::pid& other);
  /// Asks for one `down` when `other` exits (at once, with `noproc`, when it is dead).
  [[nodiscard]] reference monitor(const runtime::pid& other);
  /// Monitors whoever has `name` now; nobody: `down` with `noproc`.
  [[nodiscard]] reference monitor(std::string_view name);
  /// Ends a monitor: no `down` is delivered for it any more. True when it was active.
  bool demonitor(reference ref);
  /// Also removes its `down` from the mailbox when it has arrived already.
  bool demonitor_flush(reference ref);

  /// Who spawned this process; empty when no process did.
  [[nodiscard]] const runtime::pid& parent() const noexcept { return parent_; }
  /// Whether an exit signal from `other` is an order to end for a server that traps
  /// exits: from the process that spawned this one linked to itself, or from the node.
  [[nodiscard]] bool is_parent(const runtime::pid& other) const noexcept {
    return !other || (tie_to_parent_ == spawn_tie::link && other == parent_);
  }

  /// Turns exit signals into `exit_signal` messages, or back, from now on. Returns what
  /// it was.
  bool trap_exit(bool on) noexcept;
  [[nodiscard]] bool traps_exit() const noexcept { return traps_exit_; }
  /// Bounds the mailbox from now on, for the messages that come.
  /// Source: process_flag(max_heap_size, ...) with message_queue_data on_heap.
  void limit_mailbox(const mailbox_limit& limit);
  /// Ends this process with `why`, unwinding the callback. Source: erlang:exit/1.
  // Not by value: g++ 12 forgets that a function that does not return moves from it.
  [[noreturn]] static void exit(const exit_reason& why) { throw exit_request{why}; }
  /// Sends an exit signal. Source: erlang:exit/2, exit(Pid, Reason).
  void exit(const runtime::pid& other, exit_reason why);

  /// Sends `values` to `to`, a pid or a name, after `delay`, never early. A name is
  /// looked up when the time has come. Throws std::invalid_argument for a negative delay.
  /// Source: erlang:send_after/3.
  template <class... Ts>
  reference send_after(duration delay, timer_target to, Ts&&... values) {
    return send_message_after(delay, std::move(to),
                              detail::make_term(std::forward<Ts>(values)...));
  }
  /// The same, as `timer_expired{reference, message}`. Source: erlang:start_timer/3.
  template <class... Ts>
  reference start_timer(duration delay, timer_target to, Ts&&... values) {
    return start_message_timer(delay, std::move(to),
                               detail::make_term(std::forward<Ts>(values)...));
  }
  /// Again and again, without drift, until it is cancelled or the process of a pid is
  /// dead. Throws std::invalid_argument unless `interval` is positive. Source:
  /// timer:send_interval.
  template <class... Ts>
  reference send_interval(duration interval, timer_target to, Ts&&... values) {
    return send_message_interval(interval, std::move(to),
                                 detail::make_term(std::forward<Ts>(values)...));
  }
  /// Ends any process's timer: what was left of it, or nothing when it has fired, was
  /// cancelled or never was. A message that has been sent already stays.
  /// Source: erlang:cancel_timer/1.
  std::optional<duration> cancel_timer(reference ref);
  /// The same, with the answer as a `timer_cancelled` message. Source:
  /// erlang:cancel_timer/2, {async, true}.
  void cancel_timer_async(reference ref);
  /// What is left of a timer. Source: erlang:read_timer/1.
  [[nodiscard]] std::optional<duration> read_timer(reference ref) const;

  /// A second address, active until `unalias`. Source: erlang:alias/0.
  [[nodiscard]] runtime::alias alias();
  /// What is sent to it from now on, or is still on its way, is dropped. False when it
  /// was not active. Source: erlang:unalias/1.
  bool unalias(const runtime::alias& address);

  /// Asks a gen_server, or a CAF actor's peer in Erlang's manner, and goes on: the answer
  /// comes as `response{id, ...}`, an exit of the server or the end of `limit` likewise,
  /// exactly once. A request to this process itself fails with `calling_self`. Throws
  /// std::invalid_argument for a negative limit.
  /// Source: gen_server:send_request/2.
  template <class... Ts>
  reference send_request(const runtime::pid& server, duration limit, Ts&&... values) {
    return start_request(server, limit, detail::make_term(std::forward<Ts>(values)...));
  }
  /// Gives up waiting: no response comes for it any more. False when it had come already.
  bool cancel_request(reference id);

  /// Registers this process. Throws std::invalid_argument when the name is taken or this
  /// process has one already. The name is free again before anybody hears of the exit.
  void register_name(std::string name);
  /// Throws std::invalid_argument when the name is not registered.
  void unregister_name(std::string_view name);
  /// An empty pid when nobody has the name.
  [[nodiscard]] runtime::pid whereis(std::string_view name) const;

  /// Whether a callback waits, as in `co_await self().sleep(1s)`.
  [[nodiscard]] bool is_waiting() const noexcept { return waiter_ != nullptr; }
  /// For people: number of signals in the mailbox.
  [[nodiscard]] std::size_t message_queue_len() const noexcept { return mailbox_.size(); }
  /// Any thread. False from the moment at which the process starts to exit.
  [[nodiscard]] bool is_alive() const noexcept { return alive_.load(); }

protected:
  explicit process(runtime::shard& on);
  virtual ~process();

  /// Hands the exit to CAF's own monitors and links, which only foreign actors use.
  virtual void notify_foreign(const exit_reason& why) = 0;
  virtual void link_foreign(const runtime::pid& other) = 0;
  virtual void unlink_foreign(const runtime::pid& other) = 0;
  virtual void monitor_foreign(const runtime::pid& other, reference ref) = 0;
  virtual void demonitor_foreign(const runtime::pid& other, reference ref) = 0;

  /// Where everything from other threads enters.
  void deliver(detail::signal* entry);
  [[nodiscard]] detail::relations& ties();

private:
  friend class runtime::shard;
  friend class runtime::node;
  friend class runtime::topic_table;
  friend class runtime::name_table;
  friend struct detail::access;
  friend class detail::letter;
  friend class detail::waiter;
  friend class detail::overload_signal;
  friend class detail::starter;
  friend struct process_signals;
  friend struct process_requests;
  friend struct process_memberships;
  friend struct process_inspection;
  friend void detail::deliver(process& to, detail::signal* entry);

  void mark_named(bool named) noexcept { named_.store(named); }

  // For behaviours with a protocol of their own, or a socket: by detail::access.
  /// Whether a turn could start now and would be the oldest thing to do. Between turns
  /// only.
  [[nodiscard]] bool is_idle() const noexcept {
    return phase_ == phase::idle && mailbox_.empty() && takes_messages();
  }
  /// Runs `work` as a turn of its own, before what is in the mailbox. Between turns only:
  /// from a socket's readiness or a timer, never from a callback. `work` must not be a
  /// handler's callback unless `is_idle()`.
  template <class F>
  void run_turn(F work) {
    if (phase_ == phase::running || phase_ == phase::exited || ending_)
      return;
    const bool is_queued = phase_ == phase::scheduled;
    begin_turn();
    guard([&] { work(); });
    end_turn(is_queued);
  }
  /// Puts a signal of the behaviour's own at the end of the mailbox. Its shard only.
  void queue(detail::signal& entry) { accept(&entry); }
  /// Puts it back before all that is there: for an entry that is not done.
  void queue_first(detail::signal& entry);
  /// Whether nothing is in the mailbox behind `entry`.
  [[nodiscard]] bool is_newest(const detail::signal& entry) const noexcept {
    return mailbox_.is_newest(entry);
  }
  /// Takes nothing more from the mailbox until `resume`; signals are still accepted, and
  /// an untrapped exit still ends it. What a blocking send is in Erlang.
  void suspend() noexcept { suspended_ = true; }
  void resume();
  /// Ends this process with `why` once the running callback has returned: `exit` without
  /// unwinding, for what a behaviour does anyway as its last. Nothing more is handled. Of
  /// several reasons the first counts.
  void end(exit_reason why) noexcept;

  enum class phase : std::uint8_t { unborn, idle, scheduled, running, exited };

  runtime::pid spawn(detail::starter* start, spawn_tie tie);
  runtime::pid create(spawn_tie tie);
  void tie_to(const runtime::pid& child);
  start_result start(detail::starter* first, spawn_tie tie);
  [[nodiscard]] const exit_reason* start_failure() const noexcept;
  std::pair<runtime::pid, reference> spawn_monitored(detail::starter* start);
  [[nodiscard]] runtime::pid registered(std::string_view name) const;
  reference send_message_after(duration delay, timer_target to, term message);
  reference start_message_timer(duration delay, timer_target to, term message);
  reference send_message_interval(duration interval, timer_target to, term message);
  reference start_request(const runtime::pid& server, duration limit, term request);
  void forget_request(reference id, reference timer) noexcept;
  void end_request(response result);
  void start_monitor(reference ref, const runtime::pid& other, std::string name);

  // Turns (process.cpp).
  void accept(detail::signal* entry);   // behind all that is published
  void take_in(detail::signal* entry) { // the same when nothing is
    const bool is_usual = entry->kind() == detail::signal_kind::message
                          && phase_ != phase::exited && phase_ != phase::unborn
                          && !ending_ && waiter_ == nullptr && !is_full_for(*entry);
    if (is_usual)
      append(entry);
    else
      take_in_unusual(entry);
  }
  void take_in_unusual(detail::signal* entry) noexcept;
  void take_in_any(detail::signal* entry);
  void accept_start(detail::signal* entry);
  void never_starts() noexcept;
  void put(detail::signal* entry);
  void append(detail::signal* entry) noexcept;
  [[nodiscard]] bool is_awaited(detail::signal& entry);
  [[nodiscard]] bool takes_messages() const noexcept {
    return !suspended_ && waiter_ == nullptr;
  }
  [[nodiscard]] bool is_full_for(detail::signal& entry) const noexcept {
    return (max_messages_ != 0 && mailbox_.size() >= max_messages_)
           || (load_ != nullptr && is_too_heavy(entry));
  }
  // A full mailbox (mailbox_limit.cpp).
  void accept_beyond_limit(detail::signal* entry);
  [[nodiscard]] bool is_too_heavy(detail::signal& entry) const noexcept;
  [[nodiscard]] bool make_room(detail::signal& entry);
  void supersede(detail::signal* older, detail::signal* newer);
  void drop(detail::signal* entry);
  void refuse(detail::signal* entry);
  void take_out(detail::signal* entry);
  void note_left(const detail::signal& entry);
  [[nodiscard]] detail::mailbox_load& load();
  void schedule();
  std::size_t take_turn(std::size_t limit); // returns how many entries it handled
  void begin_turn() noexcept;
  void end_turn(bool is_queued);
  void handle_next();
  void begin(std::unique_ptr<behaviour> body);
  void take_message(term message) {
    ++messages_handled_;
    behaviour_->on_message(detail::access::hand_on(message));
  }
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
  void crash() noexcept;
  /// For the log: pid and behaviour.
  [[nodiscard]] std::string describe();

  // Signals (process_signals.cpp).
  void exit_itself(exit_reason why);
  void accept_exit(detail::signal* entry);
  void accept_own_exits() noexcept;
  void accept_down(detail::signal* entry);
  void finish() noexcept;
  void break_ties(const exit_reason& why);

  runtime::shard& shard_;
  [[no_unique_address]] detail::mailbox mailbox_; // what follows lies in its padding
  std::uint32_t max_messages_ = 0;                // 0: no limit
  std::unique_ptr<behaviour> behaviour_;
  std::unique_ptr<detail::relations> ties_;
  detail::ending ending_; // set once it is to exit, and kept
  runtime::pid parent_;
  detail::waiter* waiter_ = nullptr; // what the running callback waits for
  process* next_ready_ = nullptr;
  process* previous_ = nullptr; // in the shard's list of processes
  process* following_ = nullptr;
  std::uint64_t messages_handled_ = 0;
  std::unique_ptr<detail::mailbox_load> load_; // null unless more than a count is needed
  when_full policy_ = when_full::exit_killed;
  spawn_tie tie_to_parent_ = spawn_tie::none;
  phase phase_ = phase::unborn; // until its start signal has arrived
  bool suspended_ = false;
  bool traps_exit_ = false;
  std::uint8_t over_at_once_ = 0; // waits that were, since it last waited
  std::atomic<bool> alive_{true};
  std::atomic<bool> named_{false};
};

template <class F>
void process::guard(F work) noexcept {
  try {
    work();
  } catch (exit_request& request) {
    if (!ending_)
      end(std::move(request.reason));
  } catch (...) {
    crash();
  }
}

} // namespace runtime
