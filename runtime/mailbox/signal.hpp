// The node of the inbox and of the mailbox: everything one process can receive from
// another. A message is one kind of signal, as in Erlang; it is not the only one.
#pragma once

#include <cstdint>
#include <memory>

namespace websock::runtime {

class shard;
class term;

namespace detail {

class process_block;
class term_box;

/// What happens to a signal when it reaches its target.
enum class signal_kind : std::uint8_t {
  start,   // the first of all: queued, and the process becomes known to its shard
  message, // queued, handled in order; the only kind that a full mailbox drops
  event,   // queued, handled in order; the runtime's own
  exit,    // trapped: a message; untrapped: ends the target at once
  down,    // a message, if its monitor is still active
  control, // link, unlink, monitor, demonitor: takes effect on arrival, or it bounces
};

/// Intrusive, owned by whoever links it: the sender, then the inbox, then the mailbox.
/// Exactly one of `handle`, `bounce` and `dispose` ends it.
class signal {
public:
  explicit signal(signal_kind kind) noexcept : kind_(kind) {}
  signal(const signal&) = delete;
  signal& operator=(const signal&) = delete;

  [[nodiscard]] signal_kind kind() const noexcept { return kind_; }

  /// The target takes it, on its own shard.
  virtual void handle(process_block& target) = 0;
  /// The target has exited; some signals answer `noproc`, and are that answer themselves:
  /// it takes no memory. Any thread.
  virtual void bounce(process_block& target) noexcept {
    static_cast<void>(target);
    dispose();
  }
  /// The message that it will be in a mailbox, for a selective receive; empty when it is
  /// none.
  [[nodiscard]] virtual term peek() const;
  /// The value that it carries, as long as it is in a mailbox; null when it is no
  /// message.
  [[nodiscard]] virtual const term_box* contents() const noexcept { return nullptr; }
  /// Whether a later one with the same key may be handled instead.
  [[nodiscard]] virtual bool may_be_superseded() const noexcept { return false; }
  /// Nobody will take it.
  virtual void dispose() noexcept = 0;

  signal* next = nullptr;
  union {
    process_block* addressee = nullptr; // with a reference held, while it crosses shards
    signal* previous;                   // in a mailbox; of the first one it means nothing
  };
  std::uint32_t weight = 0; // in bytes, when a mailbox has weighed it

protected:
  ~signal() = default;

  /// Turns a message into one that is never dropped. Before it is sent.
  void keep() noexcept { kind_ = signal_kind::event; }
  /// Turns one that bounces into the answer to it.
  void turn_into(signal_kind answer) noexcept { kind_ = answer; }

private:
  signal_kind kind_;
};

/// Ends a signal that nobody takes.
struct signal_disposer {
  void operator()(signal* left) const noexcept { left->dispose(); }
};

template <class Signal>
using owned = std::unique_ptr<Signal, signal_disposer>;
using owned_signal = owned<signal>;

/// Work for a shard itself rather than for one of its processes. Its `addressee` is null.
class shard_task : public signal {
public:
  /// `control` when it calls nobody back, else `event`.
  explicit shard_task(signal_kind kind) noexcept : signal(kind) {}
  /// Runs once on the shard and ends the task.
  virtual void run(shard& on) = 0;
  void handle(process_block&) final {}

protected:
  ~shard_task() = default;
};

} // namespace detail
} // namespace websock::runtime
