// A shard: one thread, one loop, and the processes that live on it.
#pragma once

#include "../coroutine/frame_pool.hpp"
#include "../mailbox/inbox.hpp"
#include "../reactor/reactor.hpp"
#include "../table/linked_list.hpp"
#include "../term/exit_reason.hpp"
#include "../term/reference.hpp"
#include "../time/clock.hpp"
#include "../time/timer_queue.hpp"
#include "topic_table.hpp"
#include "turn_watch.hpp"

#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace asio {
class io_context;
}
namespace caf {
class execution_unit;
}

namespace websock::runtime {

class node;
class pid;
class send_timers;
namespace detail {
class process_block;
}

/// One thread and the processes pinned to it. Each round of its loop takes the inbox,
/// expires timers, gives every ready process a turn and polls the sockets; with nothing
/// to do it sleeps in the reactor. One thing happens at a time, so nothing on a shard
/// needs a lock. Other threads reach it only through its inbox:
///
///     home.post([](shard& here) { here.topics().publish("news", message, nullptr); });
///
/// Its own thread only (or the one that steps it, if it has none), except for `post`,
/// `post_signal`, `is_current` and `obey`; what it owns asserts that.
class shard {
public:
  /// How many mailbox entries a process may handle before the next one gets its turn.
  static constexpr std::size_t turn_limit = 128;
  /// How many entries are handled between two polls of the sockets while there is work: a
  /// poll costs as much as several of them.
  static constexpr std::size_t entries_per_poll = 256;

  /// Throws std::system_error when the kernel does not provide the reactor. `number` is
  /// unique in the program; `references` is how many were made with it before.
  shard(runtime::node& owner, std::size_t index, std::size_t number,
        std::uint64_t references, const clock& time, reactor_kind how);
  ~shard();
  shard(const shard&) = delete;
  shard& operator=(const shard&) = delete;

  [[nodiscard]] runtime::node& owner() const noexcept { return owner_; }
  [[nodiscard]] std::size_t index() const noexcept { return index_; }
  /// Whether the calling thread currently runs this shard. Any thread.
  [[nodiscard]] bool is_current() const noexcept {
    // relaxed: only this thread stores its own id, so a match needs no other thread's
    // store.
    return runner_.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }
  /// Whether the calling thread may touch what belongs to this shard: it runs the shard,
  /// or nobody does. For assertions. Any thread.
  [[nodiscard]] bool is_accessible() const noexcept {
    const auto runner = runner_.load(std::memory_order_relaxed); // as in is_current
    return runner == std::this_thread::get_id() || runner == std::thread::id();
  }
  /// Whether no process has its turn. For assertions.
  [[nodiscard]] bool is_between_turns() const noexcept {
    return turn().running == nullptr;
  }
  /// The time of the current round: cheap to read, and the same for everything in it.
  [[nodiscard]] time_point now() const noexcept {
    assert(is_accessible() && "the time of a round belongs to its shard's thread");
    if (std::exchange(now_is_stale_, false))
      now_ = clock_.now();
    return now_;
  }
  /// Any thread.
  [[nodiscard]] time_point read_clock() const noexcept { return clock_.now(); }
  [[nodiscard]] timer_queue& timers() noexcept {
    assert(is_accessible() && "the timers belong to the shard's thread");
    return timers_;
  }
  /// Any thread, which then calls what they allow it.
  [[nodiscard]] send_timers& message_timers() noexcept { return *message_timers_; }
  /// Any thread, to hand it on; only the shard's thread uses it.
  [[nodiscard]] reactor& sockets() noexcept { return *sockets_; }
  /// For Asio objects on this shard. Created on first use: without it a shard saves
  /// Asio's cost and its three descriptors. Throws std::system_error when no descriptors
  /// are left. Any thread.
  [[nodiscard]] asio::io_context& io();
  /// For the frames of coroutine callbacks.
  [[nodiscard]] detail::frame_pool& frames() noexcept {
    assert(is_accessible() && "the frames belong to the shard's thread");
    return frames_;
  }
  [[nodiscard]] topic_table& topics() noexcept {
    assert(is_accessible() && "the topics belong to the shard's thread");
    return topics_;
  }
  [[nodiscard]] caf::execution_unit& execution_unit() noexcept {
    return *execution_unit_;
  }
  /// Memory for the running code until it returns: one read buffer for all sockets of the
  /// shard.
  [[nodiscard]] std::span<std::byte> scratch() noexcept {
    assert(is_accessible() && "the scratch memory belongs to the shard's thread");
    return {scratch_.get(), scratch_size};
  }
  /// A reference that is unique in the program.
  [[nodiscard]] reference make_reference() noexcept;
  /// The number of the shard that made `ref`.
  [[nodiscard]] static std::size_t number_of(reference ref) noexcept;
  [[nodiscard]] std::uint64_t references_made() const noexcept { return references_; }
  [[nodiscard]] std::size_t process_count() const noexcept { return processes_.size(); }
  /// The processes that live here, in no order.
  [[nodiscard]] std::vector<pid> processes() const;
  /// How many messages full mailboxes have dropped here, and how many arrived after the
  /// end. Any thread.
  [[nodiscard]] std::uint64_t messages_dropped() const noexcept {
    return dropped_.load(std::memory_order_relaxed); // a figure, which orders nothing
  }

  /// Calls `work()`; logs an exception under the name `who` and returns false. For code
  /// that runs outside the turns of processes.
  template <class F>
  bool guarded(std::string_view who, F work) noexcept {
    try {
      work();
      return true;
    } catch (...) {
      log_thrown(who);
      return false;
    }
  }
  /// Call while handling an exception: logs its text under the name `who`.
  void log_thrown(std::string_view who) const noexcept;

  /// What holds the shard, and in which round of the loop. The process may be gone by
  /// now. Any thread.
  struct turn_now {
    const detail::process_block* running;
    const char* other; // set when something other than a process holds the shard
    std::uint64_t round;
  };
  [[nodiscard]] turn_now turn() const noexcept {
    // relaxed: figures without a pair. To follow the pointer, use `describe_turn`.
    return {running_.load(std::memory_order_relaxed),
            other_.load(std::memory_order_relaxed),
            rounds_.load(std::memory_order_relaxed)};
  }
  /// How often it has looked at its sockets. This shard's thread.
  [[nodiscard]] std::uint64_t polls() const noexcept { return polls_; }
  /// The process that has its turn; null between turns.
  [[nodiscard]] detail::process_block* running_process() const noexcept {
    assert(is_accessible() && "who has the turn is asked on the shard's thread");
    return running_.load(std::memory_order_relaxed); // as in turn()
  }
  /// While it lives, the shard runs application code that belongs to no process. `by` is
  /// a literal that names it.
  class held {
  public:
    held(shard& home, const char* by) noexcept : home_(home) { home_.set_other(by); }
    ~held() { home_.set_other(nullptr); }
    held(const held&) = delete;
    held& operator=(const held&) = delete;

  private:
    shard& home_;
  };
  /// For the log: the process that has the turn and its behaviour, if it is still `seen`.
  /// Any thread.
  [[nodiscard]] std::string describe_turn(const detail::process_block* seen);

  /// Calls `work(shard&)` once on this shard, or destroys it when the shard has ended.
  /// Any thread.
  template <class F>
  void post(F work);
  /// The same for work that runs no user code, like a signal: a process that polls its
  /// mailbox may have it run within its turn.
  template <class F>
  void post_quiet(F work);
  /// The same for an existing task. Does not allocate.
  void post_task(detail::shard_task& task) { push(&task); }
  /// Appends `entry`, for a process on this shard, to the inbox and takes ownership. Any
  /// thread.
  void post_signal(detail::process_block& target, detail::signal* entry);

  /// Whether something sent to a process here may not have been looked at yet, so that
  /// data read from a socket now could be later than it.
  [[nodiscard]] bool is_behind() const noexcept {
    return topics_.is_unsettled() || !inbox_.empty();
  }
  /// Whether anything other than a publication has not reached its mailbox yet.
  [[nodiscard]] bool has_undelivered() const noexcept { return !inbox_.empty(); }

  /// What a node that stops asks of its shards.
  enum class order : std::uint8_t { shut_down = 1, end_at_once = 2, stop = 4 };
  /// Sends its processes an exit signal, or ends `run`. Does not allocate. Any thread.
  void obey(order wanted_order) noexcept;

  /// Runs on the calling thread until told to stop.
  void run();
  /// Call after `run` has ended: refuses what waits in the inbox, and everything that
  /// arrives later.
  void close();
  /// Takes the inbox and expired timers, then handles up to `entries` mailbox entries of
  /// the next ready process. For a shard without a thread. True when it did something.
  bool step(std::size_t entries = turn_limit);
  /// Dispatches ready sockets without blocking.
  void poll();

private:
  friend class detail::process_block;
  friend class node;
  friend class topic_table;

  class running;
  /// Pending orders, sent to the shard together.
  class orders final : public detail::shard_task {
  public:
    orders() noexcept : shard_task(detail::signal_kind::event) {}
    void run(shard& home) override;
    void dispose() noexcept override {}
    std::atomic<unsigned> wanted{0}; // bits of `order`; queued unless 0
  };
  static constexpr std::size_t scratch_size = 65'536;

  void set_running(detail::process_block* who) noexcept {
    running_.store(who,
                   std::memory_order_relaxed); // a figure without a pair, as in turn()
  }
  void set_other(const char* by) noexcept {
    other_.store(by, std::memory_order_relaxed); // a figure without a pair, as in turn()
  }
  void push(detail::signal* entry);
  void refuse(detail::signal* entry);
  void refuse_all(detail::signal* oldest);
  bool drain_inbox();
  void take_in_next();
  /// Within a turn: takes in what has arrived, up to the first task that may run user
  /// code.
  void take_in_signals();
  [[nodiscard]] std::size_t run_ready(std::size_t entries);
  void expire_timers();
  [[nodiscard]] bool has_work() const noexcept;
  void sleep();
  void sleep_in_asio();
  void wait_for_sockets();
  void arm_deadline();
  void tell_refused(const std::error_code& why) const;
  void make_ready(detail::process_block& who) noexcept;
  void make_unready(detail::process_block& who) noexcept;
  void adopt(detail::process_block& who) noexcept;
  static void ask_to_end(detail::process_block& who, const exit_reason& why) noexcept;
  template <class F>
  void run_handlers(F run) noexcept;
  void end_processes(const exit_reason& why);
  void abandon(detail::process_block& who) noexcept;
  void count_dropped(std::uint64_t more) noexcept {
    // relaxed: a counter without a pair; no other thread writes it.
    dropped_.store(messages_dropped() + more, std::memory_order_relaxed);
  }
  void count_refused() noexcept { ++refused_; }
  [[nodiscard]] detail::spin_lock& watched() noexcept { return watched_; }

  /// While it lives, a process waits inside its turn for the `init` of another.
  class nested_start {
  public:
    /// Throws std::length_error when too many starts are nested.
    explicit nested_start(shard& home);
    ~nested_start() { --home_.nested_starts_; }
    nested_start(const nested_start&) = delete;
    nested_start& operator=(const nested_start&) = delete;

  private:
    shard& home_;
  };

  runtime::node& owner_;
  const std::size_t index_;
  const std::size_t number_;
  const clock& clock_;
  std::atomic<std::thread::id> runner_{};
  detail::inbox inbox_;
  orders orders_;
  detail::signal* taken_ = nullptr; // from the inbox but not delivered yet; oldest first
  mutable time_point now_;
  mutable bool now_is_stale_ = true;
  bool is_stopping_ = false;
  std::atomic<detail::process_block*> running_{
      nullptr}; // written by this shard only, as the next two
  std::atomic<const char*> other_{nullptr};
  std::atomic<std::uint64_t> rounds_{0};
  std::uint64_t polls_ = 0;
  detail::spin_lock watched_; // between a process that exits and the turn_watch
  detail::process_block* first_ready_ = nullptr;
  detail::process_block* last_ready_ = nullptr;
  detail::linked_list<detail::process_block> processes_;
  std::size_t nested_starts_ = 0;
  std::atomic<std::uint64_t> dropped_{0}; // written by this shard only, until its end
  std::uint64_t refused_ = 0;             // those dropped on arrival, which never waited
  std::optional<exit_reason>
      closing_; // the exit reason for processes that start from now on
  std::uint64_t references_;
  timer_queue timers_;
  std::unique_ptr<send_timers> message_timers_;
  detail::frame_pool frames_;
  const std::unique_ptr<reactor> sockets_;
  topic_table topics_;
  std::unique_ptr<std::byte[]> scratch_;
  std::once_flag asio_is_made_;
  std::unique_ptr<asio::io_context> io_;
  std::atomic<bool> uses_asio_{false}; // true once io_ and wake_up_ exist
  struct wake_up;
  std::unique_ptr<wake_up> wake_up_;
  std::shared_ptr<caf::execution_unit> execution_unit_; // its type is incomplete here
};

namespace detail {

// The reference count of a process in transit (caf_pid.cpp).
void retain(process_block& who) noexcept;
void release(process_block& who) noexcept;

template <class F>
class posted_task final : public shard_task {
public:
  posted_task(signal_kind kind, F work) : shard_task(kind), work_(std::move(work)) {}
  void run(shard& home) override {
    const std::unique_ptr<posted_task> guard(this);
    work_(home);
  }
  void dispose() noexcept override { delete this; }

private:
  F work_;
};

} // namespace detail

template <class F>
void shard::post(F work) {
  push(new detail::posted_task<F>(detail::signal_kind::event, std::move(work)));
}

template <class F>
void shard::post_quiet(F work) {
  push(new detail::posted_task<F>(detail::signal_kind::control, std::move(work)));
}

} // namespace websock::runtime
