// The node of inbox and mailbox: anything that one process can receive from another. As
// in Erlang, a message is only one kind of signal.
#pragma once

#include <cstdint>
#include <memory>

namespace websock::runtime {

class shard;
class term;

namespace detail {

class process_block;
class term_box;

/// What happens to a signal when it arrives at its target.
enum class signal_kind : std::uint8_t {
  start,   // first of all: enqueued, and the process becomes known to its shard
  message, // enqueued, handled in order; the only kind that a full mailbox drops
  event,   // enqueued, handled in order; internal to the runtime
  exit,    // trapped: becomes a message; untrapped: ends the target at once
  down,    // becomes a message if its monitor is still active
  control, // link, unlink, monitor, demonitor: takes effect on arrival, or bounces
};

/// Intrusive. Owned by whatever holds it: the sender, then the inbox, then the mailbox.
/// Exactly one of `handle`, `bounce` and `dispose` ends it.
class signal {
public:
  explicit signal(signal_kind kind) noexcept : kind_(kind) {}
  signal(const signal&) = delete;
  signal& operator=(const signal&) = delete;

  [[nodiscard]] signal_kind kind() const noexcept { return kind_; }

  /// The target handles it, on its own shard.
  virtual void handle(process_block& target) = 0;
  /// The target has exited. Some signals answer `noproc` and turn into that answer
  /// themselves, which takes no memory. Any thread.
  virtual void bounce(process_block& target) noexcept {
    static_cast<void>(target);
    dispose();
  }
  /// The message that it will be in a mailbox, for a selective receive; empty if it is
  /// not one.
  [[nodiscard]] virtual term peek() const;
  /// The value that it carries while in a mailbox; null if it is not a message.
  [[nodiscard]] virtual const term_box* contents() const noexcept { return nullptr; }
  /// Whether a later message with the same key may replace it.
  [[nodiscard]] virtual bool may_be_superseded() const noexcept { return false; }
  /// Frees a signal that nobody will handle.
  virtual void dispose() noexcept = 0;

  signal* next = nullptr;
  union {
    process_block* addressee = nullptr; // with a reference held, while between shards
    signal* previous;                   // in a mailbox; unspecified for the first one
  };
  std::uint32_t weight = 0; // in bytes, once a mailbox has weighed it

protected:
  ~signal() = default;

  /// Exempts a message from mailbox limits. Only before it is sent.
  void keep() noexcept { kind_ = signal_kind::event; }
  /// Turns a bounced signal into the answer to it.
  void turn_into(signal_kind answer) noexcept { kind_ = answer; }

private:
  signal_kind kind_;
};

/// Disposes of a signal that nobody handles.
struct signal_disposer {
  void operator()(signal* left) const noexcept { left->dispose(); }
};

template <class Signal>
using owned = std::unique_ptr<Signal, signal_disposer>;
using owned_signal = owned<signal>;

/// Work for a shard itself rather than one of its processes. Its `addressee` is null.
class shard_task : public signal {
public:
  /// `control` if running it calls no user code, else `event`.
  explicit shard_task(signal_kind kind) noexcept : signal(kind) {}
  /// Runs once on the shard and ends the task.
  virtual void run(shard& target) = 0;
  void handle(process_block&) final {}

protected:
  ~shard_task() = default;
};

} // namespace detail
} // namespace websock::runtime
