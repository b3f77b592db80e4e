// What makes the result of a callback a coroutine type as well: `return x` and
// `co_return x` are both right in the same virtual function.
#pragma once

#include "runtime/frame_pool.hpp"

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

namespace runtime {

namespace detail {

template <class Self>
concept has_frames = requires(const Self& self) {
  { frames_of(self) } -> std::same_as<frame_pool*>;
};

/// The part of a promise that does not depend on the result.
class callback_promise_base {
public:
  /// The frame of a callback that is a member function of a behaviour is pooled.
  template <has_frames Self, class... Args>
  static void* operator new(std::size_t size, Self& self, Args&...) {
    frame_pool* const pool = frames_of(self);
    return pool != nullptr ? pool->allocate(size) : frame_pool::allocate_unpooled(size);
  }
  static void* operator new(std::size_t size) {
    return frame_pool::allocate_unpooled(size);
  }
  static void operator delete(void* frame, std::size_t) noexcept {
    frame_pool::release(frame);
  }

  [[nodiscard]] std::suspend_never initial_suspend() const noexcept { return {}; }
  [[nodiscard]] std::suspend_always final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { failed_ = std::current_exception(); }

protected:
  void rethrow() {
    if (failed_)
      std::rethrow_exception(std::exchange(failed_, nullptr));
  }

private:
  std::exception_ptr failed_;
};

/// A callback that is a coroutine, from its call to its result. Owns the frame: what it
/// holds is destroyed with this object, wherever the coroutine stands.
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
  /// What it has co_returned; throws what it has thrown. Once, when it is done.
  template <class Promise>
  [[nodiscard]] auto take() {
    return std::coroutine_handle<Promise>::from_address(frame_.address())
        .promise()
        .take();
  }

private:
  std::coroutine_handle<> frame_;
};

/// Parameters that stay valid as long as the frame by themselves.
struct keep_nothing {
  template <class... Args>
  explicit keep_nothing(Args&...) noexcept {}
};

/// `Keeper` is made from the parameters in the frame, and may make those last that refer
/// to what will not.
template <class Result, class Keeper = keep_nothing>
class callback_promise : public callback_promise_base {
public:
  template <class... Args>
  explicit callback_promise(Args&... args) : keeper_(args...) {}

  [[nodiscard]] Result get_return_object() noexcept {
    return Result(
        running_callback(std::coroutine_handle<callback_promise>::from_promise(*this)));
  }
  void return_value(Result value) { result_.emplace(std::move(value)); }
  [[nodiscard]] Result take() {
    rethrow();
    return *std::move(result_);
  }

private:
  [[no_unique_address]] Keeper keeper_;
  std::optional<Result> result_;
};

} // namespace detail
} // namespace runtime
