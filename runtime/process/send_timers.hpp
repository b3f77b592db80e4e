// Timers that send a message: send_after, start_timer and send_interval.
#pragma once

#include "../address/pid.hpp"
#include "../mailbox/signal.hpp"
#include "../term/reference.hpp"
#include "../term/term.hpp"
#include "../time/timer_queue.hpp"
#include "timer_messages.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace websock::runtime {

class process;
class shard;

/// The message timers that were started on one shard. An entry is freed as soon as the
/// shard learns that it has fired, was cancelled, or that its process has died. As in
/// Erlang, any process on any shard may cancel or read a timer.
class send_timers {
public:
  explicit send_timers(shard& home);
  ~send_timers();
  send_timers(const send_timers&) = delete;
  send_timers& operator=(const send_timers&) = delete;

  /// Only on the shard itself. Throws std::invalid_argument for a negative delay or a
  /// zero interval.
  reference send_after(duration delay, timer_target target, term message);
  reference start(duration delay, timer_target target, term message);
  reference send_interval(duration interval, timer_target target, term message);

  /// Delivers an internal signal of the runtime; takes ownership.
  reference send_signal(duration delay, pid target, detail::signal* signal);

  /// Returns the time left; empty when `ref` names no timer running here. A message of an
  /// interval that has not arrived by then is dropped. Any thread.
  std::optional<duration> cancel(reference ref);
  [[nodiscard]] std::optional<duration> read(reference ref) const;
  [[nodiscard]] std::size_t size() const;
  /// Cancels all timers whose target is `who`, which has exited. Any thread.
  void forget(const pid& who) noexcept { let_go(take_out(who)); }

private:
  class entry;
  class beat;
  class deaths;
  enum class form : std::uint8_t { bare, with_reference, repeated, signal };
  using locked = std::lock_guard<std::mutex>; // of the mutex, asked for under it

  reference arm(std::shared_ptr<entry> added, duration delay);
  reference arm(form shape, duration delay, timer_target target, term message);
  void fire(reference ref);
  void deliver(const std::shared_ptr<entry>& fired);
  void beat_foreign(entry& fired, const pid& target);
  static void link(const locked&, entry& added, entry*& last) noexcept;
  void unlink(const locked&, entry& gone) noexcept;
  [[nodiscard]] std::shared_ptr<entry> take_out(const pid& who) noexcept;
  void discard(std::shared_ptr<entry> cancelled);
  void discard_there(bool is_first) noexcept;
  [[nodiscard]] std::shared_ptr<entry> collect() noexcept;
  void put_aside(const locked&, std::shared_ptr<entry> gone) noexcept;
  static void let_go(std::shared_ptr<entry> chain) noexcept;

  shard& shard_;
  // Held for look-ups only: other shards may cancel, and must not wait for a busy
  // process.
  mutable std::mutex mutex_;
  std::unordered_map<reference, std::shared_ptr<entry>> running_;
  // The first of the cancelled entries that are still in the heap, which only the shard
  // may touch. They stay here until it removes them, even if the task to do so fails.
  std::shared_ptr<entry> cancelled_;
  bool is_told_ = false; // a task that removes them is on its way to the shard
  // Each live process that is a target, and the last of its running timers. A process of
  // another shard stays in it once it has had one, as it is enrolled.
  std::unordered_map<const process*, entry*> by_target_;
  std::shared_ptr<deaths> deaths_;
};

} // namespace websock::runtime
