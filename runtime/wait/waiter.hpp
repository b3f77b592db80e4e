// A callback that waits: how a coroutine stands still without its shard, and how it goes
// on.
#pragma once

#include "websock/runtime/coroutine/coroutine.hpp"
#include "websock/runtime/mailbox/signal.hpp"
#include "websock/runtime/term/term.hpp"
#include "websock/runtime/time/clock.hpp"
#include "websock/runtime/time/deadline.hpp"
#include "websock/runtime/time/timer.hpp"

#include <concepts>
#include <coroutine>
#include <cstdint>

namespace websock::runtime {

class process;

namespace detail {

class process_block;

/// What a process waits for, one thing at a time: an awaitable that lives in the frame of
/// its coroutine. While it waits the process takes nothing from its mailbox; what arrives
/// is shown to the waiter first. When it is over, the waiter itself is the next thing in
/// the mailbox, and handling it resumes the coroutine. Its shard only.
class waiter : public signal, private timer {
public:
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  /// False when it is over at once. Throws std::logic_error outside of a callback of the
  /// process.
  template <std::derived_from<coroutine> Promise>
  [[nodiscard]] bool await_suspend(std::coroutine_handle<Promise> waiting) {
    return stand_still(waiting.promise());
  }

  /// Whether this is what is waited for.
  [[nodiscard]] virtual bool wants(const signal& entry) const;
  /// Takes what it wants, and the ownership of it.
  virtual void take(signal* entry);
  /// It has come, or the time is up: the coroutine is the next thing that the process
  /// does.
  void finish();

  void handle(process_block& target) final;
  void dispose() noexcept final { state_ = state::over; }

protected:
  /// Waits for `limit` at most. Throws std::invalid_argument when that is negative.
  waiter(process& who, duration limit)
      : signal(signal_kind::event), who_(who),
        limit_(not_negative("the limit of a wait", limit)) {}
  ~waiter() override;

  /// Once it waits, or just before it looks into the mailbox.
  virtual void begin() {}
  /// The time is up.
  virtual void time_is_up() { finish(); }
  /// Whether what is waited for may be in the mailbox already.
  [[nodiscard]] virtual bool may_have_come() const noexcept { return false; }
  /// Whether there is nothing to wait for; then it has been taken.
  [[nodiscard]] virtual bool comes_at_once();
  /// Waits until all others that are ready have had a turn.
  void pause();
  [[nodiscard]] bool is_pausing() const noexcept { return is_pausing_; }
  [[nodiscard]] process& who() const noexcept { return who_; }
  /// The message in `entry`, without taking it.
  [[nodiscard]] static term message_of(const signal& entry);

private:
  enum class state : std::uint8_t { idle, waiting, due, over };

  [[nodiscard]] bool stand_still(coroutine& waiting);
  void expire(time_point now) final;
  void failed() noexcept final;
  [[nodiscard]] bool take_from_mailbox();
  [[nodiscard]] bool polls_in_vain();

  process& who_;
  const duration limit_;
  coroutine* waiting_ = nullptr;
  state state_ = state::idle;
  bool is_pausing_ = false; // it waits for its next turn, and for nothing else
};

/// The rest of the turn, for what is no coroutine: `on_resumed` is the next thing that
/// the process does.
class rest_of_turn final : public waiter {
public:
  explicit rest_of_turn(process& who) : waiter(who, infinity) { pause(); }
};

} // namespace detail
} // namespace websock::runtime
