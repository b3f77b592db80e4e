// A process that serves: requests, casts and messages, each with a callback of its own.
#pragma once

#include "runtime/behaviour.hpp"
#include "runtime/gen_call.hpp"
#include "runtime/process.hpp"
#include "runtime/server_result.hpp"

#include <utility>

namespace runtime {

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

/// Derive from it and override what you need. Callbacks run one at a time, on the
/// process's shard. A callback that throws ends the process with `error(what)`, after
/// `terminate`.
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
  void on_end_of_turn() final { finish_start(); }
  void dispatch(term message);
  void serve(const gen_call& call);
  template <class Callback>
  [[nodiscard]] server_result invoke(Callback callback);
  bool finish_start();
  bool apply(server_result result);
  [[noreturn]] void end(const exit_reason& why);
  void start_limit(duration limit);

  reference limit_; // the timer of a timeout that a callback asked for
  term unfinished_; // what init wants to go on with, once it is known to be up
  bool declined_ = false;
};

} // namespace runtime
