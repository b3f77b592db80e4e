// A process, as its behaviour sees it: one mailbox, one behaviour, pinned to one shard
// for life. Also a CAF actor, though nothing here shows it (runtime/interop/caf.hpp
// does).
#pragma once

#include "websock/runtime/address/alias.hpp"
#include "websock/runtime/address/gen_call.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/address/send.hpp"
#include "websock/runtime/address/system_message.hpp"
#include "websock/runtime/behaviour/spawn.hpp"
#include "websock/runtime/mailbox/mailbox_limit.hpp"
#include "websock/runtime/process/timer_messages.hpp"
#include "websock/runtime/term/exit_reason.hpp"
#include "websock/runtime/term/reference.hpp"
#include "websock/runtime/time/clock.hpp"
#include "websock/runtime/time/deadline.hpp"
#include "websock/runtime/wait/waits.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace websock::runtime {

class node;
class shard;

/// Thrown by `process::exit(reason)` to unwind the callback; not meant to be caught.
struct exit_request {
  exit_reason reason;
};

namespace detail {
class process_block;
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
  /// constructor throws: that ends the new process, with `reason::error(what)`.
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
  [[nodiscard]] const runtime::pid& parent() const noexcept;
  /// Whether an exit signal from `other` is an order to end for a server that traps
  /// exits: from the process that spawned this one linked to itself, or from the node.
  [[nodiscard]] bool is_parent(const runtime::pid& other) const noexcept;

  /// Turns exit signals into `exit_signal` messages, or back, from now on. Returns what
  /// it was.
  bool trap_exit(bool on) noexcept;
  [[nodiscard]] bool traps_exit() const noexcept;
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
  [[nodiscard]] bool is_waiting() const noexcept;
  /// For people: number of signals in the mailbox.
  [[nodiscard]] std::size_t message_queue_len() const noexcept;
  /// Any thread. False from the moment at which the process starts to exit.
  [[nodiscard]] bool is_alive() const noexcept;

private:
  friend class detail::process_block; // the process itself, of which this is the handle

  explicit process(runtime::shard& on) noexcept : shard_(on) {}
  virtual ~process() = default;

  runtime::pid spawn(detail::starter* start, spawn_tie tie);
  start_result start(detail::starter* first, spawn_tie tie);
  std::pair<runtime::pid, reference> spawn_monitored(detail::starter* start);
  [[nodiscard]] runtime::pid registered(std::string_view name) const;
  reference send_message_after(duration delay, timer_target to, term message);
  reference start_message_timer(duration delay, timer_target to, term message);
  reference send_message_interval(duration interval, timer_target to, term message);
  reference start_request(const runtime::pid& server, duration limit, term request);

  runtime::shard& shard_;
};

} // namespace websock::runtime
