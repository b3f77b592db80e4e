// A process that runs one function.
#pragma once

#include "../coroutine/callback.hpp"
#include "../coroutine/waiting.hpp"
#include "behaviour.hpp"

#include <type_traits>
#include <utility>

namespace websock::runtime {

class process;

namespace detail {

/// A coroutine that only awaits another function.
class waiting_call {
public:
  using promise_type = callback_promise<waiting_call>;

  waiting_call() noexcept = default;
  explicit waiting_call(running_callback call) noexcept : call_(std::move(call)) {}

  /// Starts `function` within a callback of the process.
  template <class T>
  [[nodiscard]] static waiting_call begin(process&, waiting<T> function) {
    co_await std::move(function);
    co_return waiting_call();
  }
  [[nodiscard]] explicit operator bool() const noexcept {
    return static_cast<bool>(call_);
  }
  [[nodiscard]] bool is_done() const noexcept { return call_.is_done(); }
  /// Rethrows what the function threw. Call once, when it is done.
  void finish() { static_cast<void>(std::exchange(call_, {}).take<promise_type>()); }

private:
  running_callback call_;
};

/// Ends it with `normal`. (In process.cpp, as process is incomplete here.)
void end_normally(process& self);

/// Exits with `normal` when the function has returned.
template <class F, bool Waits = is_waiting<std::invoke_result_t<F&, process&>>>
class function_body final : public behaviour {
public:
  explicit function_body(F function) : function_(std::move(function)) {}

private:
  void on_start() override {
    function_(self());
    end_normally(self());
  }
  void on_message(term) override {}

  F function_;
};

/// Exits with `normal` when the coroutine that the function returned is done.
template <class F>
class function_body<F, true> final : public behaviour {
public:
  explicit function_body(F function) : function_(std::move(function)) {}

private:
  void on_start() override {
    call_ = waiting_call::begin(self(), function_(self()));
    on_resumed();
  }
  void on_message(term) override {}
  void on_resumed() override {
    if (!call_ || !call_.is_done())
      return;
    call_.finish();
    end_normally(self());
  }
  void on_exit(const exit_reason&) noexcept override { call_ = {}; }

  F function_; // kept, as a lambda's coroutine uses its captures
  waiting_call call_;
};

} // namespace detail
} // namespace websock::runtime
