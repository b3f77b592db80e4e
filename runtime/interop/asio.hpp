// Lets callbacks await Asio's asynchronous operations. Programs include it where they
// need it; nothing in the library does.
#pragma once

#include "../process/process.hpp"
#include "../process/shard.hpp"
#include "../time/clock.hpp"
#include "../wait/waiter.hpp"

#include <asio/async_result.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>

namespace websock::runtime {

namespace detail {

/// Whether a failed operation throws or returns its error with the other values.
enum class on_failure : std::uint8_t { throws, is_told };

/// A completion token.
template <on_failure Failure>
struct awaited_token {
  process& who;
  duration limit;
};

/// Shared by the operation, which completes it, and the waiter, which may be destroyed
/// first.
template <class... Args>
struct asio_completion {
  waiter* waiting = nullptr;
  std::optional<std::tuple<Args...>> values;
  asio::cancellation_signal cancel;
};

/// The completion handler, called on the shard.
template <class... Args>
class asio_handler {
public:
  using cancellation_slot_type = asio::cancellation_slot;
  using executor_type = asio::io_context::executor_type;

  asio_handler(std::shared_ptr<asio_completion<Args...>> completion, shard& home)
      : completion_(std::move(completion)), home_(home.io().get_executor()) {}
  [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept {
    return completion_->cancel.slot();
  }
  [[nodiscard]] executor_type get_executor() const noexcept { return home_; }
  void operator()(Args... args) {
    if (completion_->waiting == nullptr)
      return; // the waiter is gone
    completion_->values.emplace(std::move(args)...);
    std::exchange(completion_->waiting, nullptr)->finish();
  }

private:
  std::shared_ptr<asio_completion<Args...>> completion_;
  executor_type home_;
};

/// A single value as itself, several as a tuple.
template <class... Values>
[[nodiscard]] auto as_result(Values&&... values) {
  if constexpr (sizeof...(Values) == 1)
    return (std::move(values), ...);
  else if constexpr (sizeof...(Values) > 1)
    return std::tuple<Values...>(std::move(values)...);
}

/// Throws if the operation failed, else returns the remaining values.
template <class First, class... Rest>
[[nodiscard]] auto result_or_throw(First& first, Rest&... rest) {
  if constexpr (std::is_same_v<First, std::error_code>) {
    if (first)
      throw std::system_error(first);
    return as_result(std::move(rest)...);
  } else if constexpr (std::is_same_v<First, std::exception_ptr>) {
    if (first)
      std::rethrow_exception(first);
    return as_result(std::move(rest)...);
  } else {
    return as_result(std::move(first), std::move(rest)...);
  }
}
inline void result_or_throw() noexcept {
}

/// Starts an operation when awaited, and waits for its completion.
template <on_failure Failure, class Initiation, class Inputs, class... Args>
class asio_operation final : public waiter {
public:
  asio_operation(awaited_token<Failure> token, Initiation start, Inputs inputs)
      : waiter(token.who, token.limit), start_(std::move(start)),
        inputs_(std::move(inputs)) {}
  ~asio_operation() override {
    if (!completion_ || std::exchange(completion_->waiting, nullptr) == nullptr)
      return;
    // Cancels before the buffer that it reads into is destroyed, which may share its
    // frame.
    completion_->cancel.emit(asio::cancellation_type::terminal);
  }

  auto await_resume() {
    auto& values = *completion_->values;
    if constexpr (has_error_code)
      if (is_late_ && std::get<0>(values) == asio::error::operation_aborted)
        std::get<0>(values) = asio::error::timed_out;
    if constexpr (Failure == on_failure::is_told)
      return std::move(values);
    else
      return std::apply([](auto&... each) { return result_or_throw(each...); }, values);
  }

private:
  static constexpr bool has_error_code =
      std::is_same_v<std::tuple_element_t<0, std::tuple<Args..., void>>, std::error_code>;

  void begin() override {
    completion_ = std::make_shared<asio_completion<Args...>>();
    completion_->waiting = this;
    std::apply(
        [this](auto&... each) {
          std::move(start_)(asio_handler<Args...>(completion_, who().shard()),
                            std::move(each)...);
        },
        inputs_);
  }
  /// Cancels the operation, and reports what it did so far once it has completed.
  void time_is_up() override {
    is_late_ = true;
    completion_->cancel.emit(asio::cancellation_type::terminal);
  }

  Initiation start_;
  Inputs inputs_;
  std::shared_ptr<asio_completion<Args...>> completion_;
  bool is_late_ = false;
};

} // namespace detail

/// The completion token that makes `co_await` of an operation wait for it, in a callback
/// of `self`, on whose shard the socket or timer must live:
///
///     const auto count = co_await socket.async_read_some(buffer, awaited(self()));
///
/// Returns the operation's values without the error code, which is thrown as a
/// std::system_error. After `limit` the operation is cancelled and fails with
/// asio::error::timed_out. If the process exits, the operation is cancelled at once and
/// its outcome is dropped.
[[nodiscard]] inline detail::awaited_token<detail::on_failure::throws>
awaited(process& self, duration limit = infinity) noexcept {
  return {self, limit};
}
/// The same, for `const auto [failed, count] = co_await ...`: does not throw.
[[nodiscard]] inline detail::awaited_token<detail::on_failure::is_told>
awaited_with_error(process& self, duration limit = infinity) noexcept {
  return {self, limit};
}

} // namespace websock::runtime

/// How Asio turns an operation into an awaitable.
template <websock::runtime::detail::on_failure Failure, class Result, class... Args>
class asio::async_result<websock::runtime::detail::awaited_token<Failure>,
                         Result(Args...)> {
public:
  template <class Initiation, class... Inputs>
  [[nodiscard]] static auto
  initiate(Initiation&& start, websock::runtime::detail::awaited_token<Failure> token,
           Inputs&&... inputs) {
    return websock::runtime::detail::asio_operation<Failure, std::decay_t<Initiation>,
                                                    std::tuple<std::decay_t<Inputs>...>,
                                                    std::decay_t<Args>...>(
        token, std::forward<Initiation>(start), {std::forward<Inputs>(inputs)...});
  }
};
