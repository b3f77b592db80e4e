// A function on CAF's pool that a callback waits for.
#pragma once

#include "../mailbox/signal.hpp"

#include <cassert>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace websock::runtime {

class process;

namespace detail {

class waiter;

/// Shared by the pool, which runs it, and the waiter, which may be destroyed first. It
/// travels back as a task itself, which takes no memory.
class pool_work : private shard_task, public std::enable_shared_from_this<pool_work> {
public:
  pool_work() noexcept : shard_task(signal_kind::event) {}
  virtual ~pool_work() = default;

  /// Runs it on the pool; then finishes `waiting` on the shard of `who`.
  void start(process& who, waiter& waiting);
  /// The waiter is gone. Only on its shard.
  void abandon() noexcept { waiting_ = nullptr; }

private:
  virtual void work() noexcept = 0;
  void run(shard& home) final;
  void dispose() noexcept final;

  waiter* waiting_ = nullptr;         // accessed only on its shard
  std::shared_ptr<pool_work> itself_; // set from start() until it is back
};

template <class F>
class pool_work_of final : public pool_work {
public:
  using result = std::invoke_result_t<F&>;

  explicit pool_work_of(F function) : function_(std::move(function)) {}
  /// Returns the result, or rethrows. Call when it is done.
  [[nodiscard]] result take() {
    if (failed_)
      std::rethrow_exception(failed_);
    if constexpr (!std::is_void_v<result>) {
      assert(value_ && "a result is taken when it is there");
      return *std::move(value_);
    }
  }

private:
  void work() noexcept override {
    try {
      if constexpr (std::is_void_v<result>)
        function_();
      else
        value_.emplace(function_());
    } catch (...) {
      failed_ = std::current_exception();
    }
  }

  F function_;
  std::optional<std::conditional_t<std::is_void_v<result>, std::monostate, result>>
      value_;
  std::exception_ptr failed_;
};

} // namespace detail
} // namespace websock::runtime
