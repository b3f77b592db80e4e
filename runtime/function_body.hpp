// A process that is one function call.
#pragma once

#include "runtime/behaviour.hpp"
#include "runtime/callback.hpp"
#include "runtime/waiting.hpp"

#include <type_traits>
#include <utility>

namespace runtime {

class process;

namespace detail {

/// A coroutine that calls a function which waits, from its first instruction to its last.
class waiting_call {
public:
  using promise_type = callback_promise<waiting_call>;

  waiting_call() noexcept = default;
  explicit waiting_call(running_callback call) noexcept : call_(std::move(call)) {}

  /// `function` stays where it is until the call is over.
  template <class F>
  [[nodiscard]] static waiting_call begin(process& self, F& function) {
    co_await function(self);
    co_return waiting_call();
  }
  [[nodiscard]] explicit operator bool() const noexcept {
    return static_cast<bool>(call_);
  }
  [[nodiscard]] bool is_done() const noexcept { return call_.is_done(); }
  /// Throws what the function has thrown. Once, when it is done.
  void finish() { static_cast<void>(std::exchange(call_, {}).take<promise_type>()); }

private:
  running_callback call_;
};

/// Ends it `normal`. (process.cpp: it is not complete here.)
void end_normally(process& self);

/// Exits `normal` when the function has returned, and when what it returned has been
/// waited for, if that is a waiting<T>.
template <class F>
class function_body final : public behaviour {
public:
  explicit function_body(F function) : function_(std::move(function)) {}

private:
  void on_start() override {
    if constexpr (is_waiting<std::invoke_result_t<F&, process&>>) {
      call_ = waiting_call::begin(self(), function_);
      on_resumed();
    } else {
      function_(self());
      end_normally(self());
    }
  }
  void on_message(term) override {}
  void on_resumed() override {
    if (!call_ || !call_.is_done())
      return;
    call_.finish();
    end_normally(self());
  }
  void on_exit(const exit_reason&) noexcept override { call_ = {}; }

  F function_;
  waiting_call call_;
};

} // namespace detail
} // namespace runtime
