// What the callbacks of a gen_server answer.
#pragma once

#include "../address/gen_call.hpp"
#include "../coroutine/callback.hpp"
#include "../term/exit_reason.hpp"
#include "../term/stopping.hpp"
#include "../term/term.hpp"
#include "../time/clock.hpp"
#include "../time/deadline.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace websock::runtime {

/// What a callback wants next. Also a coroutine type: a callback that waits co_returns
/// what others return.
class [[nodiscard]] server_result {
public:
  using promise_type = detail::callback_promise<server_result>;

  enum class kind : std::uint8_t { wait, wait_with_limit, go_on, stop, ignore };

  /// Wait for the next message.
  server_result() = default;
  server_result(kind what, duration limit) noexcept : limit_(limit), what_(what) {}
  server_result(kind what, term argument) noexcept
      : argument_(std::move(argument)), what_(what) {}
  explicit server_result(exit_reason why) : reason_(std::move(why)), what_(kind::stop) {}
  explicit(false) server_result(stopping how) : server_result(std::move(how.why)) {}
  /// What is not known yet: the callback is a coroutine.
  explicit server_result(detail::running_callback callback) noexcept
      : callback_(std::move(callback)) {}

  [[nodiscard]] kind what() const noexcept { return what_; }
  [[nodiscard]] duration limit() const noexcept { return limit_; }
  [[nodiscard]] const term& argument() const noexcept { return argument_; }
  [[nodiscard]] const exit_reason& reason() const noexcept { return reason_; }
  [[nodiscard]] detail::running_callback& callback() noexcept { return callback_; }

private:
  detail::running_callback callback_;
  duration limit_{};
  term argument_;
  exit_reason reason_;
  kind what_ = kind::wait;
};

/// What handle_call wants next: as server_result, perhaps with the answer.
class [[nodiscard]] call_result : public server_result {
public:
  using promise_type = detail::callback_promise<call_result>;

  explicit(false) call_result(server_result next) : server_result(std::move(next)) {}
  explicit(false) call_result(stopping how) : server_result(std::move(how)) {}
  call_result(server_result next, term answer)
      : server_result(std::move(next)), answer_(std::move(answer)) {}
  explicit call_result(detail::running_callback callback) noexcept
      : server_result(std::move(callback)) {}
  [[nodiscard]] const term& answer() const noexcept { return answer_; }
  /// The same answer, but then do `next`: {reply, Reply, State, Timeout | {continue,
  /// ...}}.
  [[nodiscard]] call_result then(server_result next) && {
    return {std::move(next), std::move(answer_)};
  }

private:
  term answer_;
};

/// {noreply, State}; {ok, State} of init.
inline server_result noreply() {
  return {};
}
/// {noreply, State, Timeout}: `idle{}` goes to handle_info unless a message comes before.
/// Throws std::invalid_argument for a negative limit.
inline server_result noreply_until(duration limit) {
  return {server_result::kind::wait_with_limit,
          not_negative("the limit of noreply_until", limit)};
}
/// {noreply, State, {continue, Term}}: handle_continue is called before any message.
template <class... Ts>
server_result continue_with(Ts&&... values) {
  return {server_result::kind::go_on, detail::make_term(std::forward<Ts>(values)...)};
}
/// `ignore` of init: the process exits `normal` and was never started for its parent.
inline server_result ignore() {
  return {server_result::kind::ignore, duration{}};
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

/// The message of a timeout that a callback asked for. Source: the atom `timeout`.
struct idle {};

} // namespace websock::runtime
