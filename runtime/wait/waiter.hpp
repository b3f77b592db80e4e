// A callback that waits: how a coroutine is suspended without blocking its shard, and how
// it is resumed.
#pragma once

#include "../coroutine/coroutine.hpp"
#include "../mailbox/signal.hpp"
#include "../term/term.hpp"
#include "../time/clock.hpp"
#include "../time/deadline.hpp"
#include "../time/timer.hpp"

#include <concepts>
#include <coroutine>
#include <cstdint>

namespace websock::runtime {

class process;

namespace detail {

class process_block;

/// What a process waits for, one thing at a time: an awaitable in the frame of its
/// coroutine. While it waits, the process handles nothing from its mailbox; arriving
/// signals are offered to the waiter first. To end the wait, the waiter enqueues itself
/// ahead of the mailbox, and handling it resumes the coroutine. Its shard only.
class waiter : public signal, private timer {
public:
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  /// False when the wait ends at once. Throws std::logic_error outside a callback of the
  /// process.
  template <std::derived_from<coroutine> Promise>
  [[nodiscard]] bool await_suspend(std::coroutine_handle<Promise> waiting) {
    return stand_still(waiting.promise());
  }

  /// Whether the wait is for `entry`.
  [[nodiscard]] virtual bool wants(const signal& entry) const;
  /// Takes ownership of `entry`, which it wants.
  virtual void take(signal* entry);
  /// Ends the wait, by arrival or timeout: the process resumes the coroutine before it
  /// does anything else.
  void finish();

  void handle(process_block& target) final;
  void dispose() noexcept final { state_ = state::over; }

protected:
  /// Waits for at most `limit`. Throws std::invalid_argument when that is negative.
  waiter(process& who, duration limit)
      : signal(signal_kind::event), who_(who),
        limit_(not_negative("the limit of a wait", limit)) {}
  ~waiter() override;

  /// Called when the wait starts, or just before it searches the mailbox.
  virtual void begin() {}
  /// The time limit has expired.
  virtual void time_is_up() { finish(); }
  /// Whether the mailbox may already hold what it waits for.
  [[nodiscard]] virtual bool may_have_come() const noexcept { return false; }
  /// Whether there is nothing to wait for; if so, it has taken what it needs.
  [[nodiscard]] virtual bool comes_at_once();
  /// Waits until every other ready process has had a turn.
  void pause();
  [[nodiscard]] bool is_pausing() const noexcept { return is_pausing_; }
  [[nodiscard]] process& who() const noexcept { return who_; }
  /// The message in `entry`, which stays where it is.
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
  bool is_pausing_ = false; // it waits only for its next turn
};

/// The rest of a turn, for code that is not a coroutine: the process calls `on_resumed`
/// before it does anything else.
class rest_of_turn final : public waiter {
public:
  explicit rest_of_turn(process& who) : waiter(who, infinity) { pause(); }
};

} // namespace detail
} // namespace websock::runtime
