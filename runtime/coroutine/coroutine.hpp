// What the promises of all coroutines of a process have in common: where the frame is,
// and its place in the chain of those that wait for each other.
#pragma once

#include "websock/runtime/coroutine/frame_pool.hpp"

#include <cassert>
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <utility>

namespace websock::runtime::detail {

template <class Self>
concept has_frames = requires(const Self& self) {
  { frames_of(self) } -> std::same_as<frame_pool*>;
};

/// A chain begins with a callback and ends with the one that stands still. To run it and
/// to destroy it are loops, so it may be as long as there is memory. (Symmetric transfer
/// would need a tail call, which g++ makes only where it optimizes.)
class coroutine {
public:
  coroutine(const coroutine&) = delete;
  coroutine& operator=(const coroutine&) = delete;

  /// Pooled when a parameter tells the shard: the behaviour whose member function it is,
  /// or a process. Inlined without optimization too: g++ takes a template for another
  /// function's partner than `operator delete` below, and would warn of every callback.
  template <class... Args>
  [[gnu::always_inline]] static void* operator new(std::size_t size, Args&... args) {
    frame_pool* pool = nullptr;
    static_cast<void>(((pool = frames_in(args)) || ...));
    return pool != nullptr ? pool->allocate(size) : frame_pool::allocate_unpooled(size);
  }
  static void operator delete(void* frame, std::size_t size) noexcept {
    frame_pool::release(frame, size);
  }

  [[nodiscard]] std::suspend_always final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { failed_ = std::current_exception(); }

  /// Goes on with this one, then with each that has waited for one that is done, until
  /// one waits again or the callback is done.
  void go_on() { run(*this, nullptr); }
  /// Begins `inner`, for which `outer` waits from now on. False when it is done already.
  /// Where its frame is destroyed first, `inner` is null afterwards. Throws
  /// std::logic_error when it has begun before, or is null.
  [[nodiscard]] static bool begin(coroutine*& inner, coroutine& outer);
  /// Whether another one waits for it, or has.
  [[nodiscard]] bool has_begun() const noexcept { return outer_ != nullptr; }
  /// `outer` has what it waited for.
  void end_within() noexcept {
    assert(has_begun() && outer_->inner_ == this && "what is waited for ends once");
    outer_->inner_ = nullptr;
  }
  /// Destroys the frame of this one, after those that it waits for, innermost first.
  void destroy() noexcept;

protected:
  coroutine() = default;
  ~coroutine() = default;

  void stands_in(std::coroutine_handle<> frame) noexcept { frame_ = frame; }
  void rethrow() {
    if (failed_)
      std::rethrow_exception(std::exchange(failed_, nullptr));
  }

private:
  template <class Arg>
  [[nodiscard]] static frame_pool* frames_in(const Arg& arg) noexcept {
    if constexpr (has_frames<Arg>)
      return frames_of(arg);
    else
      return nullptr;
  }
  static void run(coroutine& first, const coroutine* until);

  std::coroutine_handle<> frame_;
  coroutine* outer_ = nullptr;  // waits for this one; a callback has none
  coroutine* inner_ = nullptr;  // this one waits for it
  coroutine** owner_ = nullptr; // of this one, once it has begun
  std::exception_ptr failed_;
};

} // namespace websock::runtime::detail
