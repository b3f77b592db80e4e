// A process as its behaviour sees it: one mailbox, one behaviour, pinned to one shard for
// life. It is also a CAF actor, although nothing here shows it (runtime/interop/caf.hpp
// does).
#pragma once

#include "../address/alias.hpp"
#include "../address/gen_call.hpp"
#include "../address/pid.hpp"
#include "../address/send.hpp"
#include "../address/system_message.hpp"
#include "../behaviour/spawn.hpp"
#include "../mailbox/mailbox_limit.hpp"
#include "../term/exit_reason.hpp"
#include "../term/reference.hpp"
#include "../term/stopping.hpp"
#include "../time/clock.hpp"
#include "../time/deadline.hpp"
#include "../wait/waits.hpp"
#include "timer_messages.hpp"

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
struct name_at;

namespace detail {
class process_block;
} // namespace detail

/// The outcome of starting a process and waiting until it is up.
struct start_result {
  pid process;        // empty unless it is up
  exit_reason failed; // why it is not up, unless it returned `ignore`
  pid leaving; // not up, but not gone yet either: it still has to exit with `failed`
  bool ignored = false; // it returned `ignore`

  [[nodiscard]] bool is_up() const noexcept { return static_cast<bool>(process); }
  [[nodiscard]] bool is_ignored() const noexcept { return ignored; }
};

/// link() to a dead process from a process that does not trap exits. Source:
/// erlang:link/1, error noproc.
class no_such_process : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// What a behaviour sees as `self()`: its handle on the process that runs it. Every
/// member function acts on that process and must be called on its own shard, unless
/// stated otherwise. The names are Erlang's:
///
///     const auto worker = self().spawn_link<resizer>(image);
///     self().send_after(5s, self(), give_up{});
///     const auto size = co_await self().call<int>(worker, 1s, get_size{});
class process : public waits {
public:
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  [[nodiscard]] runtime::pid pid() noexcept { return runtime::pid(*this); }
  [[nodiscard]] runtime::node& node() const noexcept;
  [[nodiscard]] runtime::shard& shard() const noexcept { return shard_; }
  /// The time at the start of the shard's current round: cheap to read, and constant
  /// during a turn.
  [[nodiscard]] time_point now() const noexcept;

  /// Sends to the process registered under `name` now. Throws std::invalid_argument when
  /// there is none. Source: erlang:send/2, badarg.
  template <class... Ts>
  void send(std::string_view name, Ts&&... values) {
    runtime::send(registered(name), std::forward<Ts>(values)...);
  }
  /// Sends to whoever has the name on that node when the message arrives; dropped if
  /// nobody has, or there is no way to the node. Throws not_transmissible like send.
  template <class... Ts>
  void send(const name_at& target, Ts&&... values) {
    send_at(target, detail::make_term(std::forward<Ts>(values)...));
  }
  template <class... Ts>
  void send(const runtime::alias& target, Ts&&... values) {
    runtime::send(target, std::forward<Ts>(values)...);
  }
  template <class... Ts>
  void send(const runtime::pid& target, Ts&&... values) {
    runtime::send(target, std::forward<Ts>(values)...);
  }

  /// Spawns a process on this shard that runs a `T` constructed from `args`. If the
  /// constructor throws, the new process exits with `reason::error(what)`; spawn does not
  /// throw it.
  template <class T, class... Args>
  runtime::pid spawn(Args&&... args) {
    return spawn(detail::make_starter<T>(std::forward<Args>(args)...), spawn_tie::none);
  }
  /// Like spawn, linked before it runs. Source: erlang:spawn_link.
  template <class T, class... Args>
  runtime::pid spawn_link(Args&&... args) {
    return spawn(detail::make_starter<T>(std::forward<Args>(args)...), spawn_tie::link);
  }
  /// Like spawn, monitored before it runs. Source: erlang:spawn_monitor.
  template <class T, class... Args>
  std::pair<runtime::pid, reference> spawn_monitor(Args&&... args) {
    return spawn_monitored(detail::make_starter<T>(std::forward<Args>(args)...));
  }
  /// Spawns and links a process and runs its first callback inside the call: on return
  /// the process is up, or the result says why not. If it is not up, its exit also ends
  /// this process, inside the call, unless this process traps exits or the reason is
  /// `normal`; a process that traps exits gets no signal. Throws std::length_error when
  /// starts are nested too deeply, one `init` within another. Source:
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
  /// Spawns a process that calls `function(process&)`, which may return a waiting<T>, and
  /// exits with `normal` when that is done. Source: erlang:spawn/1.
  template <class F>
  requires std::invocable<F&, process&> runtime::pid spawn(F function) {
    return spawn<detail::function_body<F>>(std::move(function));
  }

  /// Links the two: when one exits, the other gets an exit signal. No effect when already
  /// linked; a dead `other` answers with the exit signal `noproc`.
  void link(const runtime::pid& other);
  /// Removes the link: afterwards no exit of `other` has any effect through it.
  void unlink(const runtime::pid& other);
  /// Requests one `down` when `other` exits (at once, with `noproc`, if it is dead).
  [[nodiscard]] reference monitor(const runtime::pid& other);
  /// Monitors the process registered as `name` now; `down` with `noproc` if there is
  /// none.
  [[nodiscard]] reference monitor(std::string_view name);
  /// The same on some node; `down` with `noconnection` if there is no way to that one.
  [[nodiscard]] reference monitor(const name_at& other);
  /// Ends a monitor: its `down` is no longer delivered. True when it was active.
  bool demonitor(reference ref);
  /// The same, and removes a `down` that is already in the mailbox.
  bool demonitor_flush(reference ref);

  /// The process that spawned this one; empty if none did.
  [[nodiscard]] const runtime::pid& parent() const noexcept;
  /// Whether an exit signal from `other` orders a server that traps exits to stop: it
  /// comes from the process that spawned this one with a link, or from the node.
  [[nodiscard]] bool is_parent(const runtime::pid& other) const noexcept;

  /// Turns exit signals into `exit_signal` messages, or back, from now on. Returns the
  /// previous setting.
  bool trap_exit(bool traps) noexcept;
  [[nodiscard]] bool traps_exit() const noexcept;
  /// Limits the mailbox from now on, for messages that arrive later.
  /// Source: process_flag(max_heap_size, ...) with message_queue_data on_heap.
  void limit_mailbox(const mailbox_limit& limit);
  /// Ends this process with `why`, unwinding the callback. Source: erlang:exit/1.
  // Not by value: g++ 12 forgets that a function that does not return moves from it.
  [[noreturn]] static void exit(const exit_reason& why) { throw exit_request{why}; }
  /// Sends an exit signal. Source: erlang:exit/2, exit(Pid, Reason).
  void exit(const runtime::pid& other, exit_reason why);

  /// Sends `values` to `target`, a pid or a name, after `delay`, never early. A name is
  /// looked up when the timer fires. Throws std::invalid_argument for a negative delay.
  /// Source: erlang:send_after/3.
  template <class... Ts>
  reference send_after(duration delay, timer_target target, Ts&&... values) {
    return send_message_after(delay, std::move(target),
                              detail::make_term(std::forward<Ts>(values)...));
  }
  /// The same, sent as `timer_expired{reference, message}`. Source: erlang:start_timer/3.
  template <class... Ts>
  reference start_timer(duration delay, timer_target target, Ts&&... values) {
    return start_message_timer(delay, std::move(target),
                               detail::make_term(std::forward<Ts>(values)...));
  }
  /// Sends repeatedly, without drift, until cancelled or, for a pid, until the process
  /// has exited. Throws std::invalid_argument unless `interval` is positive. Source:
  /// timer:send_interval.
  template <class... Ts>
  reference send_interval(duration interval, timer_target target, Ts&&... values) {
    return send_message_interval(interval, std::move(target),
                                 detail::make_term(std::forward<Ts>(values)...));
  }
  /// Cancels a timer of any process and returns the time left; empty when it has fired,
  /// was cancelled or never existed. A message that was already sent stays. Source:
  /// erlang:cancel_timer/1.
  std::optional<duration> cancel_timer(reference ref);
  /// The same, but answers with a `timer_cancelled` message. Source:
  /// erlang:cancel_timer/2, {async, true}.
  void cancel_timer_async(reference ref);
  /// The time left of a timer. Source: erlang:read_timer/1.
  [[nodiscard]] std::optional<duration> read_timer(reference ref) const;

  /// A second address, active until `unalias`. Source: erlang:alias/0.
  [[nodiscard]] runtime::alias alias();
  /// Drops what is sent to the alias from now on or is still in transit. False when it
  /// was not active. Source: erlang:unalias/1.
  bool unalias(const runtime::alias& address);

  /// Sends a request to a gen_server, or to a CAF actor that speaks Erlang's protocol,
  /// without waiting. Exactly one `response{id, ...}` follows: the reply, the server's
  /// exit, or the end of `limit`. A request to this process itself fails with
  /// `calling_self`. Throws std::invalid_argument for a negative limit. Source:
  /// gen_server:send_request/2.
  template <class... Ts>
  reference send_request(const runtime::pid& server, duration limit, Ts&&... values) {
    return start_request(server, limit, detail::make_term(std::forward<Ts>(values)...));
  }
  /// The same to whoever has the name on that node; `noconnection` without a way to it.
  template <class... Ts>
  reference send_request(const name_at& server, duration limit, Ts&&... values) {
    return start_request(server, limit, detail::make_term(std::forward<Ts>(values)...));
  }
  /// Gives up on a request: no response follows. False when it has already arrived.
  bool cancel_request(reference id);

  /// Registers this process. Throws std::invalid_argument when the name is taken or this
  /// process already has one. The name is free again before anyone hears of the exit.
  void register_name(std::string name);
  /// Throws std::invalid_argument when the name is not registered.
  void unregister_name(std::string_view name);
  /// An empty pid when no process has the name.
  [[nodiscard]] runtime::pid whereis(std::string_view name) const;

  /// Whether a callback is waiting, as in `co_await self().sleep(1s)`.
  [[nodiscard]] bool is_waiting() const noexcept;
  /// For people: the number of signals in the mailbox.
  [[nodiscard]] std::size_t message_queue_len() const noexcept;
  /// Any thread. False once the process has begun to exit.
  [[nodiscard]] bool is_alive() const noexcept;

private:
  friend class detail::process_block; // the process behind this handle

  explicit process(runtime::shard& home) noexcept : shard_(home) {}
  virtual ~process() = default;

  runtime::pid spawn(detail::starter* start, spawn_tie tie);
  start_result start(detail::starter* first, spawn_tie tie);
  std::pair<runtime::pid, reference> spawn_monitored(detail::starter* start);
  [[nodiscard]] runtime::pid registered(std::string_view name) const;
  reference send_message_after(duration delay, timer_target target, term message);
  reference start_message_timer(duration delay, timer_target target, term message);
  reference send_message_interval(duration interval, timer_target target, term message);
  void send_at(const name_at& target, term message);
  reference start_request(const runtime::pid& server, duration limit, term request);
  reference start_request(const name_at& server, duration limit, term request);

  runtime::shard& shard_;
};

} // namespace websock::runtime
