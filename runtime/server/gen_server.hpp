// A process that serves: requests, casts and messages, each with a callback of its own.
#pragma once

#include "../address/gen_call.hpp"
#include "../behaviour/behaviour.hpp"
#include "../process/process.hpp"
#include "server_result.hpp"

#include <concepts>
#include <utility>

namespace websock::runtime {

namespace detail {
struct gen_cast {
  term request;
};
} // namespace detail

/// Sends a request that wants no answer, to `handle_cast`. Any thread.
/// Source: GenServer.cast/2.
template <class... Ts>
void cast(const pid& to, Ts&&... values) {
  send(to, detail::gen_cast{detail::make_term(std::forward<Ts>(values)...)});
}
/// The same to whoever has the name on that node when it arrives; dropped if nobody has,
/// or there is no way to the node. `from` is the process that calls this, or the node.
template <class From, class... Ts>
requires std::same_as<From, process> || std::same_as<From, node>
void cast(From& from, const name_at& to, Ts&&... values) {
  from.send(to, detail::gen_cast{detail::make_term(std::forward<Ts>(values)...)});
}

/// Derive from it and override what you need. Callbacks run one at a time, on the
/// process's shard. Each but terminate may be a coroutine that waits
/// (runtime/wait/waits.hpp): then the next one runs when it is done. A start does not
/// wait for an init that waits. A callback that throws ends the process with
/// `reason::error(what)`, after `terminate`.
class gen_server : public behaviour {
protected:
  /// Before everything else.
  virtual server_result init() { return noreply(); }
  /// A request. Not overridden: the process ends with an error, as in Elixir.
  virtual call_result handle_call(term request, from caller);
  /// A cast. Not overridden: the process ends with an error, as in Elixir.
  virtual server_result handle_cast(term request);
  /// Any other message: `down`, `response`, `exit_signal`, `idle` among them. Not
  /// overridden: it is logged.
  virtual server_result handle_info(term info);
  /// What `continue_with` asked for.
  virtual server_result handle_continue(term argument);
  /// After a stop or an exception in a callback and, when the process traps exits, on
  /// exit signals of its parent (who spawned it linked) and of the node.
  virtual void terminate(const exit_reason& why) { static_cast<void>(why); }

private:
  void on_start() final;
  [[nodiscard]] bool has_declined() const noexcept final { return declined_; }
  void on_message(term message) final;
  void on_overload() final;
  /// What a callback holds that waits goes before the members that it may use.
  void on_exit(const exit_reason&) noexcept override { waiting_.reset(); }
  void on_end_of_turn() final { finish_start(); }
  void on_resumed() final;

  /// What the result of a callback is for.
  enum class purpose : std::uint8_t { start, answer, go_on };
  /// A callback that waits.
  struct waiting_callback {
    purpose what;
    from caller; // who gets the answer
    detail::running_callback callback;
  };

  void dispatch(term message);
  void serve(const gen_call& call);
  template <class Callback>
  [[nodiscard]] auto invoke(purpose what, from caller, Callback callback)
      -> std::optional<std::invoke_result_t<Callback&>>;
  template <class Result>
  [[nodiscard]] std::optional<Result> result_of(purpose what, from caller, Result result);
  void come_up(server_result first);
  void conclude(const from& caller, std::optional<call_result> result);
  bool finish_start();
  bool go_on();
  void pause(term argument);
  bool apply(std::optional<server_result> result);
  [[noreturn]] void end(const exit_reason& why);
  void start_limit(duration limit);

  reference limit_; // the timer of a timeout that a callback asked for
  std::unique_ptr<waiting_callback> waiting_;
  term unfinished_; // what init wants to go on with, once it is known to be up
  std::unique_ptr<detail::rest_of_turn> pause_; // until `unfinished_` goes on
  term held_; // the first message, until the start is finished
  bool declined_ = false;
};

} // namespace websock::runtime
