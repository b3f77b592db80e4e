// The common base of all coroutine promises of a process: the frame, and its place in the
// chain of coroutines that await each other.
#pragma once

#include "frame_pool.hpp"

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

/// A chain begins with a callback and ends with the coroutine that is suspended. Resuming
/// and destroying a chain are loops, so its length is limited only by memory. (Symmetric
/// transfer needs a tail call, which g++ makes only when optimizing.)
class coroutine {
public:
  coroutine(const coroutine&) = delete;
  coroutine& operator=(const coroutine&) = delete;

  /// Pooled when a parameter gives access to the shard: the behaviour whose member
  /// function it is, or a process. Inlined even without optimization: g++ would not match
  /// a template with `operator delete` below, and would warn about every callback.
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

  /// Resumes this coroutine, then each one that awaited a coroutine that is done, until
  /// one suspends again or the callback is done.
  void go_on() { run(*this, nullptr); }
  /// Starts `inner`, which `outer` awaits from now on. False when it is already done. If
  /// its frame is destroyed first, `inner` becomes null. Throws std::logic_error when
  /// `inner` has started before or is null.
  [[nodiscard]] static bool begin(coroutine*& inner, coroutine& outer);
  /// Whether another coroutine awaits it, or has.
  [[nodiscard]] bool has_begun() const noexcept { return outer_ != nullptr; }
  /// `outer` has taken the result.
  void end_within() noexcept {
    assert(has_begun() && outer_->inner_ == this && "what is awaited ends once");
    outer_->inner_ = nullptr;
  }
  /// Destroys this frame after those that it awaits, innermost first.
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
  coroutine* outer_ = nullptr;  // awaits this one; null for a callback
  coroutine* inner_ = nullptr;  // awaited by this one
  coroutine** owner_ = nullptr; // the pointer that owns this one, once it has started
  std::exception_ptr failed_;
};

} // namespace websock::runtime::detail
