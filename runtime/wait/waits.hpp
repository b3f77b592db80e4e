// What a coroutine callback can wait for: `co_await self().sleep(1s)`. Meanwhile its
// process takes nothing else from the mailbox, like an Erlang process in a `receive`, and
// its shard runs other processes.
#pragma once

#include "../address/gen_call.hpp"
#include "../address/pid.hpp"
#include "../address/system_message.hpp"
#include "../coroutine/waiting.hpp"
#include "../term/call_failed.hpp"
#include "../term/reference.hpp"
#include "../term/term.hpp"
#include "../time/clock.hpp"
#include "../time/deadline.hpp"
#include "pool_work.hpp"
#include "waiter.hpp"

#include <functional>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace websock::runtime {

struct name_at;

namespace detail {

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 14
inline constexpr bool destroys_temporaries_twice = true;
#else
inline constexpr bool destroys_temporaries_twice = false;
#endif

/// g++ 12 destroys some temporaries of a co_await expression twice: those without a
/// constructor, which are lambdas with captures and aggregates. A type with a trivial
/// destructor is safe, and so is a named object.
template <class T>
inline constexpr bool has_safe_end =
    !destroys_temporaries_twice
    || std::is_lvalue_reference_v<T> || std::is_trivially_destructible_v<std::decay_t<T>>;
template <class T>
constexpr void check_function() {
  static_assert(has_safe_end<T>,
                "this compiler would destroy what the lambda captures twice: give the "
                "lambda a name, and co_await with that (docs/waiting.md)");
}
template <class T>
constexpr void check_value() {
  static_assert(has_safe_end<T> || !std::is_aggregate_v<std::decay_t<T>>,
                "this compiler would destroy the members of this aggregate twice: give "
                "it a name, and co_await with that (docs/waiting.md)");
}

/// Waits for time to pass.
class sleeping final : public waiter {
public:
  sleeping(process& who, duration time) : waiter(who, time) {}
  void await_resume() const noexcept {}
};

/// Waits for the first message that a predicate accepts.
class waiting_for_message : public waiter {
public:
  [[nodiscard]] bool wants(const signal& entry) const final;
  void take(signal* entry) final;

protected:
  using waiter::waiter;
  [[nodiscard]] bool may_have_come() const noexcept override { return true; }
  [[nodiscard]] virtual bool accepts(const term& message) const = 0;
  [[nodiscard]] const term& found() const noexcept { return found_; }

private:
  term found_; // empty when the time was up
};

template <class... Fs>
class receiving final : public waiting_for_message {
public:
  using result = std::tuple_element_t<0, std::tuple<result_t<Fs>...>>;

  receiving(process& who, duration limit, Fs... cases)
      : waiting_for_message(who, limit), cases_(std::move(cases)...) {}
  auto await_resume() {
    if constexpr (std::is_void_v<result>) {
      if (found())
        call();
      return static_cast<bool>(found());
    } else {
      return found() ? std::optional<result>(call()) : std::nullopt;
    }
  }

private:
  [[nodiscard]] bool accepts(const term& message) const override {
    return has_case_for<Fs...>(message);
  }
  result call() {
    return std::apply(
        [&](Fs&... cases) { return match_cases<result>(found(), cases...); }, cases_);
  }

  std::tuple<Fs...> cases_;
};

/// Waits for the `down` of one monitor.
class waiting_for_down final : public waiting_for_message {
public:
  waiting_for_down(process& who, reference ref, duration limit)
      : waiting_for_message(who, limit), ref_(ref) {}
  [[nodiscard]] std::optional<down> await_resume() const {
    return found() ? std::optional(found().get<down>()) : std::nullopt;
  }

private:
  [[nodiscard]] bool accepts(const term& message) const override {
    const auto* gone = message.get_if<down>();
    return gone != nullptr && gone->ref == ref_;
  }
  const reference ref_;
};

/// Sends a request and waits for its response; the request's time limit ends the wait.
class calling_term : public waiting_for_message {
public:
  ~calling_term() override;

protected:
  calling_term(process& who, duration limit, term request)
      : waiting_for_message(who, infinity),
        limit_(not_negative("the limit of a call", limit)), request_(std::move(request)) {
  }
  /// The reply; throws call_failed.
  [[nodiscard]] term answer() const;

private:
  void begin() final;
  [[nodiscard]] virtual reference ask(duration limit, term request) = 0;
  /// Empty for a server on this node.
  [[nodiscard]] virtual std::string_view node_of_server() const noexcept = 0;
  [[nodiscard]] bool may_have_come() const noexcept final { return false; }
  [[nodiscard]] bool accepts(const term& message) const final {
    const auto* answered = message.get_if<response>();
    // Before there is an id, only this process's call to itself is answered.
    return answered != nullptr && (!id_ || answered->id == id_);
  }

  const duration limit_;
  term request_;
  reference id_;
};

/// `Server` is a pid or a name_at.
template <class Server>
class calling_server : public calling_term {
public:
  calling_server(process& who, Server server, duration limit, term request)
      : calling_term(who, limit, std::move(request)), server_(std::move(server)) {}

private:
  // process_waits.cpp
  [[nodiscard]] reference ask(duration limit, term request) final;
  [[nodiscard]] std::string_view node_of_server() const noexcept final;

  const Server server_;
};

template <class R, class Server>
class calling final : public calling_server<Server> {
public:
  using calling_server<Server>::calling_server;
  R await_resume() const {
    if constexpr (std::is_same_v<R, term>)
      return this->answer();
    else
      return this->answer().template get<R>();
  }
};

/// Waits for a function that runs on another thread.
template <class F>
class offloading final : public waiter {
public:
  using result = std::invoke_result_t<F&>;

  offloading(process& who, F function)
      : waiter(who, infinity),
        work_(std::make_shared<pool_work_of<F>>(std::move(function))) {}
  ~offloading() override { work_->abandon(); }
  result await_resume() { return work_->take(); }

private:
  void begin() override { work_->start(who(), *this); }
  std::shared_ptr<pool_work_of<F>> work_;
};

} // namespace detail

/// What a process can await: only in its own callbacks, one at a time. An untrapped exit
/// signal ends the process during the wait: the coroutine is destroyed, not resumed. A
/// negative duration throws std::invalid_argument; one beyond the range of the clock
/// means for ever.
class waits {
public:
  waits() noexcept = default;
  waits(const waits&) = delete;
  waits& operator=(const waits&) = delete;

  /// Waits at most `limit` for the first message, in order of arrival, that one of
  /// `cases` accepts, and calls that case (zero: only checks what has arrived, without
  /// giving up the turn). Other messages stay in order. Returns what the case returned,
  /// or true if it returns nothing; empty or false on timeout. Source: receive ... after.
  template <class... Fs>
  [[nodiscard]] auto receive(duration limit, Fs&&... cases) {
    (detail::check_function<Fs>(), ...);
    return detail::receiving<std::decay_t<Fs>...>(self(), limit,
                                                  std::forward<Fs>(cases)...);
  }
  /// Calls a gen_server and waits for the reply. Throws `call_failed` with the server's
  /// exit reason, `noproc`, `timeout`, "calling_self" or {nodedown, Node}, and bad_term
  /// when the reply is not an R. Source: GenServer.call/3.
  template <class R = term, class... Ts>
  [[nodiscard]] auto call(const pid& server, duration limit, Ts&&... values) {
    (detail::check_value<Ts>(), ...);
    return detail::calling<R, pid>(self(), server, limit,
                                   detail::make_term(std::forward<Ts>(values)...));
  }
  /// The same to whoever has the name on that node.
  template <class R = term, class... Ts>
  [[nodiscard]] auto call(const name_at& server, duration limit, Ts&&... values) {
    (detail::check_value<Ts>(), ...);
    return detail::calling<R, name_at>(self(), server, limit,
                                       detail::make_term(std::forward<Ts>(values)...));
  }
  /// Source: timer:sleep/1.
  [[nodiscard]] auto sleep(duration time) { return detail::sleeping(self(), time); }
  /// Waits for the `down` of a monitor of this process; empty on timeout.
  [[nodiscard]] auto monitor_down(reference ref, duration limit = infinity) {
    return detail::waiting_for_down(self(), ref, limit);
  }
  /// Runs `function` on CAF's thread pool, where it may block and compute, and returns or
  /// throws its result. It must not touch this process. If the process exits meanwhile,
  /// the result is dropped.
  template <class F>
  [[nodiscard]] auto offload(F&& function) {
    detail::check_function<F>();
    static_assert(!detail::is_waiting<std::invoke_result_t<std::decay_t<F>&>>,
                  "offload: the function waits, and a thread of the pool has no process "
                  "to wait with");
    return detail::offloading<std::decay_t<F>>(self(), std::forward<F>(function));
  }

protected:
  ~waits() = default;

private:
  [[nodiscard]] process& self() noexcept;
};

} // namespace websock::runtime
