// What a process does: the object that handles its signals.
#pragma once

#include "../coroutine/frame_pool.hpp"
#include "../term/exit_reason.hpp"
#include "../term/term.hpp"

#include <cassert>
#include <typeinfo>

namespace websock::runtime {

class behaviour;
class process;
namespace detail {
class process_block;
/// Logs that the mailbox of `who` is full and returns the exit reason.
[[nodiscard]] exit_reason mailbox_full(process& who);
} // namespace detail

/// The base of every process's code, one level below gen_server: raw messages in order.
/// Created, called and destroyed on its process's shard. An exception from a callback
/// ends the process with `reason::error(what)`.
class behaviour {
public:
  behaviour() = default;
  behaviour(const behaviour&) = delete;
  behaviour& operator=(const behaviour&) = delete;
  virtual ~behaviour() = default;

protected:
  /// The process that runs this behaviour. Throws std::logic_error in a constructor,
  /// where there is none yet; asserts that the shard's own thread calls it.
  [[nodiscard]] process& self() const {
    if (self_ == nullptr)
      throw_no_process();
    assert(is_on_its_shard() && "self() belongs to its own shard's thread");
    return *self_;
  }

private:
  friend class detail::process_block;

  /// The first callback, before any message.
  virtual void on_start() {}
  /// Asked once after `on_start` while the process still runs: why it failed to start
  /// nevertheless. It then cleans up and exits with that reason.
  [[nodiscard]] virtual const exit_reason* start_failure() const noexcept {
    return nullptr;
  }
  /// Asked once after `on_start` ended with `normal`: whether it declined to start.
  [[nodiscard]] virtual bool has_declined() const noexcept { return false; }
  /// One message, `exit_signal` or `down`.
  virtual void on_message(term message) = 0;
  /// A suspended callback was resumed and may be done.
  virtual void on_resumed() {}
  /// The mailbox was full under `when_full::close` and has been emptied. By default ends
  /// the process with `mailbox_full`.
  virtual void on_overload();
  /// After each turn: the place to flush what the callbacks have gathered.
  virtual void on_end_of_turn() {}
  /// The last callback, whatever ends the process; only then do links and monitors hear
  /// of the exit.
  virtual void on_exit(const exit_reason& why) noexcept { static_cast<void>(why); }
  /// For people: the type that the user wrote.
  [[nodiscard]] virtual const std::type_info& type() const noexcept {
    return typeid(*this);
  }

  [[noreturn]] static void throw_no_process();
  [[nodiscard]] bool is_on_its_shard() const noexcept;

  process* self_ = nullptr;
};

} // namespace websock::runtime
