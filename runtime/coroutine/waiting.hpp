// A coroutine that returns a value, for callbacks and for other functions like it:
// `const auto user = co_await find_user(name);`.
#pragma once

#include "coroutine.hpp"

#include <cassert>
#include <concepts>
#include <coroutine>
#include <optional>
#include <type_traits>
#include <utility>

namespace websock::runtime {

template <class T>
class waiting;

namespace detail {

template <class T>
class waiting_promise final : public coroutine {
public:
  [[nodiscard]] waiting<T> get_return_object() noexcept {
    stands_in(std::coroutine_handle<waiting_promise>::from_promise(*this));
    return waiting<T>(*this);
  }
  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  template <std::convertible_to<T> U = T>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  [[nodiscard]] T take() {
    rethrow();
    assert(value_ && "a result is taken when it is there");
    return *std::move(value_);
  }

private:
  std::optional<T> value_;
};

template <>
class waiting_promise<void> final : public coroutine {
public:
  [[nodiscard]] waiting<void> get_return_object() noexcept;
  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  void return_void() const noexcept {}
  void take() { rethrow(); }
};

template <class T>
inline constexpr bool is_waiting = false;
template <class T>
inline constexpr bool is_waiting<waiting<T>> = true;

template <class T>
struct awaited {
  using type = T;
};
template <class T>
struct awaited<waiting<T>> {
  using type = T;
};
/// What awaiting a function that returns T yields: U for waiting<U>.
template <class T>
using awaited_t = typename awaited<T>::type;

} // namespace detail

/// The return type of a coroutine that a callback awaits: a member function of the
/// behaviour, or any function with a `process&` to wait with. It starts when awaited,
/// once, in a callback or in another waiting<T>, and yields what it co_returns or throws.
/// When the callback's wait is ended, its coroutines are destroyed, innermost first. Owns
/// the frame.
template <class T = void>
class [[nodiscard]] waiting {
public:
  static_assert(!std::is_reference_v<T>, "give a pointer");
  using promise_type = detail::waiting_promise<T>;

  explicit waiting(promise_type& promise) noexcept : inner_(&promise) {}
  /// Only before it is awaited.
  waiting(waiting&& other) noexcept : inner_(std::exchange(other.inner_, nullptr)) {
    assert((inner_ == nullptr || !inner_->has_begun()) && "it moves before it begins");
  }
  waiting& operator=(waiting&&) = delete;
  ~waiting() {
    if (inner_ != nullptr)
      inner_->destroy();
  }

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  /// Throws std::logic_error the second time.
  template <std::derived_from<detail::coroutine> Outer>
  [[nodiscard]] bool await_suspend(std::coroutine_handle<Outer> outer) {
    return detail::coroutine::begin(inner_, outer.promise());
  }
  T await_resume() {
    inner_->end_within();
    return static_cast<promise_type*>(inner_)->take();
  }

private:
  detail::coroutine* inner_; // null: moved from, or already destroyed
};

inline waiting<void> detail::waiting_promise<void>::get_return_object() noexcept {
  stands_in(std::coroutine_handle<waiting_promise>::from_promise(*this));
  return waiting<void>(*this);
}

} // namespace websock::runtime
