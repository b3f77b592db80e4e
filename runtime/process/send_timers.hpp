// Timers that send a message: send_after, start_timer and send_interval.
#pragma once

#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/mailbox/signal.hpp"
#include "websock/runtime/process/timer_messages.hpp"
#include "websock/runtime/term/reference.hpp"
#include "websock/runtime/term/term.hpp"
#include "websock/runtime/time/timer_queue.hpp"

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

/// The message timers that were started on one shard. One that is cancelled or has fired,
/// or whose process has died, is gone from memory as soon as its shard knows. Any process
/// may cancel or read a timer, as in Erlang, whatever shard it lives on.
class send_timers {
public:
  explicit send_timers(shard& on);
  ~send_timers();
  send_timers(const send_timers&) = delete;
  send_timers& operator=(const send_timers&) = delete;

  /// On the shard itself. Throws std::invalid_argument for a negative delay, and for an
  /// interval of zero.
  reference send_after(duration delay, timer_target target, term message);
  reference start(duration delay, timer_target target, term message);
  reference send_interval(duration interval, timer_target target, term message);

  /// Delivers a signal of the runtime's own; takes ownership.
  reference send_signal(duration delay, pid to, detail::signal* signal);

  /// What was left; nothing when `ref` names no timer that runs here. A beat of an
  /// interval that has not arrived by then does not arrive. Any thread.
  std::optional<duration> cancel(reference ref);
  [[nodiscard]] std::optional<duration> read(reference ref) const;
  [[nodiscard]] std::size_t size() const;

private:
  class entry;
  class beat;
  class deaths;
  enum class form : std::uint8_t { bare, with_reference, repeated, signal };

  reference arm(std::shared_ptr<entry> added, duration delay);
  reference arm(form what, duration delay, timer_target target, term message);
  void fire(reference ref);
  void deliver(const std::shared_ptr<entry>& fired);
  void beat_foreign(entry& fired, const pid& to);
  static void link(entry& added, entry*& last) noexcept;
  static void unlink(entry& gone) noexcept;
  [[nodiscard]] std::shared_ptr<entry> forget(const pid& who) noexcept;
  void discard(std::shared_ptr<entry> cancelled);
  void discard_there(bool is_first) noexcept;
  [[nodiscard]] std::shared_ptr<entry> collect() noexcept;
  void put_aside(std::shared_ptr<entry> gone) noexcept;
  static void let_go(std::shared_ptr<entry> chain) noexcept;

  shard& shard_;
  // Held for a look-up only: another shard may cancel, and neither waits for a busy
  // process.
  mutable std::mutex mutex_;
  std::unordered_map<reference, std::shared_ptr<entry>> running_;
  // The first of those that run no more, but are in the heap, which is its shard's own:
  // whatever becomes of the task that takes them out, they stay here until then.
  std::shared_ptr<entry> cancelled_;
  bool is_told_ = false; // the shard has a task that takes them out
  // Each process that was a target and lives, and the last of its timers that run.
  std::unordered_map<const process*, entry*> by_target_;
  std::shared_ptr<deaths> deaths_;
};

} // namespace websock::runtime
