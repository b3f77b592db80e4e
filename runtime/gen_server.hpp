// A process that serves: requests, casts and messages, each with a callback of its own.
#pragma once

#include "runtime/behaviour.hpp"
#include "runtime/gen_call.hpp"
#include "runtime/process.hpp"

#include <optional>
#include <utility>

namespace runtime {

/// What a callback of a gen_server wants next.
class [[nodiscard]] server_result {
public:
  /// Stay and wait for the next message.
  server_result() = default;
  /// Run `terminate`, then exit with `why`.
  explicit server_result(exit_reason why) : stop_(std::move(why)) {}
  [[nodiscard]] const std::optional<exit_reason>& stop_reason() const noexcept {
    return stop_;
  }

private:
  std::optional<exit_reason> stop_;
};

/// What handle_call wants next: as server_result, perhaps with the answer.
class [[nodiscard]] call_result : public server_result {
public:
  explicit(false) call_result(server_result next) : server_result(std::move(next)) {}
  call_result(server_result next, term answer)
      : server_result(std::move(next)), answer_(std::move(answer)) {}
  [[nodiscard]] const term& answer() const noexcept { return answer_; }

private:
  term answer_;
};

/// {noreply, State}.
inline server_result noreply() {
  return {};
}
/// {stop, Reason, State}.
inline server_result stop(exit_reason why) {
  return server_result(std::move(why));
}
/// {reply, Reply, State}.
template <class... Ts>
call_result reply(Ts&&... values) requires(
    !std::is_same_v<std::decay_t<std::tuple_element_t<0, std::tuple<Ts...>>>, from>) {
  return {server_result(), detail::make_term(std::forward<Ts>(values)...)};
}
/// {stop, Reason, Reply, State}.
template <class... Ts>
call_result stop_reply(exit_reason why, Ts&&... values) {
  return {server_result(std::move(why)), detail::make_term(std::forward<Ts>(values)...)};
}

namespace detail {
struct gen_cast {
  term request;
};
} // namespace detail

/// Sends a request that wants no answer, to `handle_cast`. Any thread. Source:
/// GenServer.cast/2.
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
  /// Any other message, `down` and `exit_signal` among them. Not overridden: it is
  /// logged.
  virtual server_result handle_info(term info);
  /// After a stop or an exception in a callback and, when the process traps exits, on
  /// exit signals of its parent (who spawned it linked) and of the node.
  virtual void terminate(const exit_reason& why) { static_cast<void>(why); }

private:
  void on_start() final;
  void on_message(term message) final;
  template <class Callback>
  void invoke(Callback callback);
  void apply(const server_result& result);
  [[noreturn]] void end(const exit_reason& why);
};

} // namespace runtime
