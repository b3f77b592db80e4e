// A process for a thread that is none: main, a test, a worker of another library. It
// sends, receives with patterns, calls, monitors and links as any process does, but it
// may wait.
#pragma once

#include "../address/gen_call.hpp"
#include "../behaviour/function_body.hpp"
#include "../coroutine/waiting.hpp"
#include "../process/node.hpp"
#include "../process/process.hpp"
#include "../term/call_failed.hpp"
#include "../term/term.hpp"
#include "../time/deadline.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

namespace websock::runtime {

/// Its process ends when it is destroyed (exit reason `normal`). It traps exits: a thread
/// cannot be ended by a signal. `kill` and the end of the node do end the process: what
/// has come can still be received, waiting ends at once, and everything else throws
/// `no_such_process`. For one thread at a time, which must not be a shard's. A negative
/// limit is std::invalid_argument; one that is too long for the clock is for ever.
class thread_process {
public:
  explicit thread_process(runtime::node& on);
  virtual ~thread_process();
  thread_process(const thread_process&) = delete;
  thread_process& operator=(const thread_process&) = delete;

  [[nodiscard]] const runtime::pid& pid() const noexcept { return pid_; }
  [[nodiscard]] runtime::node& node() const noexcept { return node_; }

  /// Waits up to `limit` for the first message, in order of arrival, that one of `cases`
  /// takes, and calls that case. Other messages stay, in order. Returns what the case
  /// returned, or whether there was one when it returns nothing; empty or false when the
  /// time is up. Source: receive ... after.
  template <class... Fs>
  auto receive(duration limit, Fs&&... cases);

  /// Asks a gen_server and waits for the answer. Throws `call_failed` with the server's
  /// exit reason, `noproc`, `timeout`, "calling_self" or {nodedown, Node}, bad_term when
  /// the answer is no R. Source: GenServer.call/3.
  template <class R = term, class... Ts>
  R call(const runtime::pid& server, duration limit, Ts&&... values) {
    return as<R>(
        call_server(server, limit, detail::make_term(std::forward<Ts>(values)...)));
  }

  /// The same to whoever has the name on that node.
  template <class R = term, class... Ts>
  R call(const name_at& server, duration limit, Ts&&... values) {
    return as<R>(
        call_server(server, limit, detail::make_term(std::forward<Ts>(values)...)));
  }

  /// Waits up to `limit` for the answer to one of the requests that this process has sent
  /// with `send_request`, the first to arrive. Time up: a response without id, `timeout`.
  /// Source: gen_server:receive_response/3.
  [[nodiscard]] response receive_response(std::span<const reference> ids, duration limit);

  void link(const runtime::pid& other) {
    in_process([&](process& self) { self.link(other); });
  }
  void unlink(const runtime::pid& other) {
    in_process([&](process& self) { self.unlink(other); });
  }
  [[nodiscard]] reference monitor(const runtime::pid& other) {
    return in_process([&](process& self) { return self.monitor(other); });
  }
  [[nodiscard]] reference monitor(std::string_view name) {
    return in_process([&](process& self) { return self.monitor(name); });
  }
  [[nodiscard]] reference monitor(const name_at& other) {
    return in_process([&](process& self) { return self.monitor(other); });
  }
  bool demonitor(reference ref) {
    return in_process([&](process& self) { return self.demonitor(ref); });
  }
  /// Also takes out its `down` when that has come already.
  bool demonitor_flush(reference ref);
  void exit(const runtime::pid& other, exit_reason why) {
    in_process([&](process& self) { self.exit(other, why); });
  }
  /// Calls `work(process&)` as a turn of the process and returns what it returns, or what
  /// that gives in the end if it is a waiting<T>; what it throws is thrown here. The way
  /// to everything else that a process can do.
  template <class F>
  auto in_process(F work) -> detail::awaited_t<std::invoke_result_t<F&, process&>>;

  /// Throws what everything throws that needs the process when it has ended.
  [[noreturn]] void throw_ended() const;

protected:
  /// Waits until a message has come or `deadline` has passed; false then. `lock` is held
  /// before and after. Tests step their node here.
  virtual bool wait(std::unique_lock<std::mutex>& lock, time_point deadline);
  /// Lets the process run until `is_done()`.
  virtual void run_until(const std::function<bool()>& is_done);
  [[nodiscard]] virtual time_point now() const;
  /// Ends the process; called once, by the most derived destructor.
  void end();

private:
  class body;
  class mouth;
  struct box {
    std::mutex
        mutex; // between the process, which puts in, and the thread, which takes out
    std::condition_variable arrived;
    std::deque<term> messages;
    bool is_closed = false; // the process has ended: nothing arrives any more
  };
  /// Runs within the process, and perhaps waits there.
  struct job {
    std::function<detail::waiting_call(process&)> run;
    std::function<void()> done;
  };

  void run_job(std::function<detail::waiting_call(process&)> work);
  template <class Server>
  [[nodiscard]] term call_server(const Server& server, duration limit, term request) {
    return call_term(detail::node_of(server), [&](process& self) {
      return self.send_request(server, limit, std::move(request));
    });
  }
  /// `send(process&)` sends the request and returns its id.
  [[nodiscard]] term call_term(std::string_view node,
                               const std::function<reference(process&)>& send);
  template <class R>
  [[nodiscard]] static R as(term value) {
    if constexpr (std::is_same_v<R, term>)
      return value;
    else
      return value.template get<R>();
  }
  /// How many messages wait.
  [[nodiscard]] std::size_t arrived() const;
  /// Takes out the first message that `wanted` accepts, waiting until `deadline` for it;
  /// the first `looked_at` are none.
  [[nodiscard]] std::optional<term> take(const std::function<bool(const term&)>& wanted,
                                         time_point deadline, std::size_t looked_at = 0);
  [[nodiscard]] time_point end_of(duration limit) const;

protected:
  runtime::node& node_;
  std::shared_ptr<box> box_;
  runtime::pid pid_;
};

template <class... Fs>
auto thread_process::receive(duration limit, Fs&&... cases) {
  using result = std::tuple_element_t<0, std::tuple<detail::result_t<Fs>...>>;
  auto found = take([](const term& value) { return detail::has_case_for<Fs...>(value); },
                    end_of(limit));
  if constexpr (std::is_void_v<result>) {
    if (found)
      detail::match_cases<void>(*found, cases...);
    return found.has_value();
  } else {
    return found ? std::optional<result>(detail::match_cases<result>(*found, cases...))
                 : std::nullopt;
  }
}

namespace detail {

/// Hands on what a function that waits gives or throws in the end.
template <class T>
waiting<> fulfil(process&, std::shared_ptr<std::promise<T>> outcome,
                 waiting<T> function) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(function);
      outcome->set_value();
    } else {
      outcome->set_value(co_await std::move(function));
    }
  } catch (...) {
    outcome->set_exception(std::current_exception());
  }
}

} // namespace detail

template <class F>
auto thread_process::in_process(F work)
    -> detail::awaited_t<std::invoke_result_t<F&, process&>> {
  using result = std::invoke_result_t<F&, process&>;
  using value = detail::awaited_t<result>;
  auto outcome = std::make_shared<std::promise<value>>();
  auto promised = outcome->get_future();
  auto task = std::make_shared<F>(std::move(work)); // as long as it waits
  run_job([task, outcome](process& self) {
    detail::waiting_call call;
    try {
      if constexpr (detail::is_waiting<result>) {
        call = detail::waiting_call::begin(self,
                                           detail::fulfil(self, outcome, (*task)(self)));
      } else if constexpr (std::is_void_v<result>) {
        (*task)(self);
        outcome->set_value();
      } else {
        outcome->set_value((*task)(self));
      }
    } catch (...) {
      outcome->set_exception(std::current_exception());
    }
    return call;
  });
  return promised.get();
}

} // namespace websock::runtime
