// A process: one mailbox, one behaviour, pinned to one shard for life. Also a CAF actor,
// though nothing here shows it (runtime/caf.hpp does).
#pragma once

#include "runtime/clock.hpp"
#include "runtime/exit_reason.hpp"
#include "runtime/letter.hpp"
#include "runtime/mailbox.hpp"
#include "runtime/pid.hpp"
#include "runtime/reference.hpp"
#include "runtime/relations.hpp"
#include "runtime/send.hpp"
#include "runtime/spawn.hpp"
#include "runtime/system_message.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

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
/// The reason of a process that lets the exception escape which is being handled.
[[nodiscard]] exit_reason escaped_exception();
} // namespace detail

/// What a behaviour sees as `self()`. Every member function is for the process itself, on
/// its own shard, unless it says otherwise. The words are Erlang's.
class process {
public:
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  [[nodiscard]] runtime::pid pid() noexcept { return runtime::pid(*this); }
  [[nodiscard]] runtime::node& node() const noexcept;
  [[nodiscard]] runtime::shard& shard() const noexcept { return shard_; }
  /// The time at the start of this round of the shard: cheap, and the same for a whole
  /// turn.
  [[nodiscard]] time_point now() const noexcept;

  /// Sends to whoever is registered under `name` now. False when nobody is (Erlang:
  /// badarg).
  template <class... Ts>
  bool send(std::string_view name, Ts&&... values) {
    const auto to = whereis(name);
    runtime::send(to, std::forward<Ts>(values)...);
    return static_cast<bool>(to);
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
  /// A process that calls `function(process&)` and exits `normal`. Source:
  /// erlang:spawn/1.
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

  /// Whether an exit signal from `other` is an order to end for a server that traps
  /// exits: from the process that spawned this one linked to itself, or from the node.
  [[nodiscard]] bool is_parent(const runtime::pid& other) const noexcept {
    return !other || other.number() == parent_;
  }

  /// Turns exit signals into `exit_signal` messages, or back. Returns what it was.
  bool trap_exit(bool on) noexcept;
  [[nodiscard]] bool traps_exit() const noexcept { return traps_exit_; }
  /// Ends this process with `why`, unwinding the callback. Source: erlang:exit/1.
  [[noreturn]] static void exit(exit_reason why) { throw exit_request{std::move(why)}; }
  /// Sends an exit signal. Source: erlang:exit/2, exit(Pid, Reason).
  void exit(const runtime::pid& other, exit_reason why);

  /// Sends `values` to `to` after `delay`, never early. Source: erlang:send_after/3.
  template <class... Ts>
  reference send_after(duration delay, const runtime::pid& to, Ts&&... values) {
    return start_send_timer(delay, {to, {}},
                            detail::make_term(std::forward<Ts>(values)...));
  }
  /// The name is looked up when the time has come.
  template <class... Ts>
  reference send_after(duration delay, std::string_view name, Ts&&... values) {
    return start_send_timer(delay, {{}, std::string(name)},
                            detail::make_term(std::forward<Ts>(values)...));
  }
  template <class... Ts>
  reference send_after(duration delay, process& to, Ts&&... values) {
    return send_after(delay, to.pid(), std::forward<Ts>(values)...);
  }
  /// What was left of the timer that this shard set; nothing when it has fired or never
  /// was. A message that has been sent already stays. Source: erlang:cancel_timer/1.
  std::optional<duration> cancel_timer(reference ref);

  /// Registers this process. Throws std::invalid_argument when the name is taken or this
  /// process has one already. The name is free again before anybody hears of the exit.
  void register_name(std::string name);
  /// Throws std::invalid_argument when the name is not registered.
  void unregister_name(std::string_view name);
  /// An empty pid when nobody has the name.
  [[nodiscard]] runtime::pid whereis(std::string_view name) const;

  // ---- For behaviours that own a socket. ----

  /// Whether a turn could start now and would be the oldest thing to do. Between turns
  /// only.
  [[nodiscard]] bool is_idle() const noexcept {
    return phase_ == phase::idle && mailbox_.empty() && !suspended_;
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
  /// Takes nothing more from the mailbox until `resume`; signals are still accepted, and
  /// an untrapped exit still ends it. What a blocking send is in Erlang.
  void suspend() noexcept { suspended_ = true; }
  void resume();

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
  friend class detail::letter;
  friend class detail::starter;
  friend struct process_signals;
  friend void detail::deliver(process& to, detail::signal* entry);

  void mark_named(bool named) noexcept { named_.store(named); }

  enum class phase : std::uint8_t { unborn, idle, scheduled, running, exited };

  struct timer_target {
    runtime::pid to;
    std::string name;
  };

  runtime::pid spawn(detail::starter* start, spawn_tie tie);
  reference start_send_timer(duration delay, timer_target target, term message);
  reference start_monitor(const runtime::pid& other, std::string name);

  // Turns (process.cpp).
  void accept(detail::signal* entry);
  void accept_start(detail::signal* entry);
  void schedule();
  void take_turn(std::size_t limit);
  void begin_turn() noexcept;
  void end_turn(bool is_queued);
  void handle_next();
  void begin(std::unique_ptr<behaviour> body);
  void receive(term message) { behaviour_->on_message(std::move(message)); }
  template <class F>
  void guard(F work) noexcept;
  void crash(std::exception_ptr error) noexcept;

  // Signals (process_signals.cpp).
  void accept_exit(detail::signal* entry);
  void accept_down(detail::signal* entry);
  void end_with(exit_reason why);
  void finish();
  void break_ties(const exit_reason& why);

  runtime::shard& shard_;
  detail::mailbox mailbox_;
  std::unique_ptr<behaviour> behaviour_;
  std::unique_ptr<detail::relations> ties_;
  std::unique_ptr<exit_reason> ending_; // set once it is to exit, run or not
  process* next_ready_ = nullptr;
  process* previous_ = nullptr; // in the shard's list of processes
  process* following_ = nullptr;
  std::uint64_t parent_ = 0;    // a number: a child does not keep its parent's memory
  phase phase_ = phase::unborn; // until its start signal has arrived
  bool suspended_ = false;
  bool traps_exit_ = false;
  std::atomic<bool> alive_{true};
  std::atomic<bool> named_{false};
};

template <class F>
void process::guard(F work) noexcept {
  try {
    work();
  } catch (...) {
    crash(std::current_exception());
  }
}

namespace detail {

template <class F>
void function_body<F>::on_start() {
  function_(self());
  process::exit(normal);
}

} // namespace detail
} // namespace runtime
