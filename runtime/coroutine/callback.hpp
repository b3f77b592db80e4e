// Lets the result type of a callback double as a coroutine type: the same virtual
// function may use `return x` or `co_return x`.
#pragma once

#include "coroutine.hpp"

#include <cassert>
#include <coroutine>
#include <optional>
#include <utility>

namespace websock::runtime {

namespace detail {

/// A callback that is a coroutine, from its call to its result. Owns the frame:
/// destroying this object destroys the frame, wherever the coroutine is suspended.
class running_callback {
public:
  running_callback() noexcept = default;
  explicit running_callback(std::coroutine_handle<> frame) noexcept : frame_(frame) {}
  running_callback(running_callback&& other) noexcept
      : frame_(std::exchange(other.frame_, nullptr)) {}
  running_callback& operator=(running_callback other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~running_callback() {
    if (frame_)
      frame_.destroy();
  }

  [[nodiscard]] explicit operator bool() const noexcept { return frame_ != nullptr; }
  [[nodiscard]] bool is_done() const noexcept { return frame_.done(); }
  /// Returns what was co_returned, or rethrows. Call once, when the callback is done.
  template <class Promise>
  [[nodiscard]] auto take() {
    assert(frame_ && is_done() && "a callback that is not done has no result");
    return std::coroutine_handle<Promise>::from_address(frame_.address())
        .promise()
        .take();
  }

private:
  std::coroutine_handle<> frame_;
};

/// For parameters that remain valid as long as the frame without help.
struct keep_nothing {
  template <class... Args>
  explicit keep_nothing(Args&...) noexcept {}
};

/// `Keeper` is constructed in the frame from the parameters and may extend the life of
/// what they refer to.
template <class Result, class Keeper = keep_nothing>
class callback_promise : public coroutine {
public:
  template <class... Args>
  explicit callback_promise(Args&... args) : keeper_(args...) {}

  [[nodiscard]] Result get_return_object() noexcept {
    const auto frame = std::coroutine_handle<callback_promise>::from_promise(*this);
    stands_in(frame);
    return Result(running_callback(frame));
  }
  [[nodiscard]] std::suspend_never initial_suspend() const noexcept { return {}; }
  void return_value(Result value) { result_.emplace(std::move(value)); }
  [[nodiscard]] Result take() {
    rethrow();
    assert(result_ && "a result is taken when it is there");
    return *std::move(result_);
  }

private:
  [[no_unique_address]] Keeper keeper_;
  std::optional<Result> result_;
};

} // namespace detail
} // namespace websock::runtime
