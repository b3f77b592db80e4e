// What a process does: the object that its signals are routed to.
#pragma once

#include "websock/runtime/coroutine/frame_pool.hpp"
#include "websock/runtime/term/exit_reason.hpp"
#include "websock/runtime/term/term.hpp"

#include <cassert>
#include <typeinfo>

namespace websock::runtime {

class behaviour;
class process;
namespace detail {
class process_block;
/// The exit reason of `who`, after a line in the log.
[[nodiscard]] exit_reason mailbox_full(process& who);
} // namespace detail

/// The base of every process's code, one level below gen_server: raw messages in order.
/// Created, called and destroyed on its process's shard. A callback that throws ends the
/// process with `reason::error(what)`.
class behaviour {
public:
  behaviour() = default;
  behaviour(const behaviour&) = delete;
  behaviour& operator=(const behaviour&) = delete;
  virtual ~behaviour() = default;

protected:
  /// The process that runs this behaviour. Throws std::logic_error in a constructor, when
  /// there is none yet; calling it from another thread is asserted against.
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
  /// Asked once after `on_start`, of a process that still runs: why it has not come up
  /// all the same. It has things to put away and exits with that reason when it has.
  [[nodiscard]] virtual const exit_reason* start_failure() const noexcept {
    return nullptr;
  }
  /// Asked once after `on_start` that ended `normal`: whether that was not to start at
  /// all.
  [[nodiscard]] virtual bool has_declined() const noexcept { return false; }
  /// One message, `exit_signal` or `down`.
  virtual void on_message(term message) = 0;
  /// A callback that waited has gone on, and may be done.
  virtual void on_resumed() {}
  /// The mailbox was full under `when_full::close`, and has been emptied. Unless
  /// overridden it ends the process with `mailbox_full`.
  virtual void on_overload();
  /// After each batch of callbacks: the place to flush what they gathered.
  virtual void on_end_of_turn() {}
  /// The last callback on every path; links and monitors hear of the exit after it.
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
