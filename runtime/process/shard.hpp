// A shard: one thread, one io_context, and the processes that live on it.
#pragma once

#include "websock/runtime/coroutine/frame_pool.hpp"
#include "websock/runtime/mailbox/inbox.hpp"
#include "websock/runtime/process/topic_table.hpp"
#include "websock/runtime/process/turn_watch.hpp"
#include "websock/runtime/reactor/reactor.hpp"
#include "websock/runtime/table/linked_list.hpp"
#include "websock/runtime/term/exit_reason.hpp"
#include "websock/runtime/term/reference.hpp"
#include "websock/runtime/time/clock.hpp"
#include "websock/runtime/time/timer_queue.hpp"

#include <atomic>
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

/// The loop that runs processes. Everything but `post`, `post_signal`, `is_current`
/// and `obey` is for its own thread (or for whoever steps it, where it has none).
class shard {
public:
  /// How many mailbox entries a process may handle before the next one has its turn.
  static constexpr std::size_t turn_limit = 128;
  /// How many entries are handled before the sockets are looked at again, while there are
  /// more: a look costs as much as some of them.
  static constexpr std::size_t entries_per_poll = 256;

  /// Throws std::system_error when the kernel has no such reactor.
  /// `number`: unique in the program. `references` is how many have been made with it.
  shard(runtime::node& owner, std::size_t index, std::size_t number,
        std::uint64_t references, const clock& time, reactor_kind how);
  ~shard();
  shard(const shard&) = delete;
  shard& operator=(const shard&) = delete;

  [[nodiscard]] runtime::node& owner() const noexcept { return owner_; }
  [[nodiscard]] std::size_t index() const noexcept { return index_; }
  /// Whether the calling thread is the one that runs this shard now. Any thread.
  [[nodiscard]] bool is_current() const noexcept {
    return runner_.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }
  /// The time of this round of the loop: cheap, and the same for all that happens in it.
  [[nodiscard]] time_point now() const noexcept {
    if (std::exchange(now_is_stale_, false))
      now_ = clock_.now();
    return now_;
  }
  [[nodiscard]] time_point read_clock() const noexcept { return clock_.now(); }
  [[nodiscard]] timer_queue& timers() noexcept { return timers_; }
  [[nodiscard]] send_timers& message_timers() noexcept { return *message_timers_; }
  [[nodiscard]] reactor& sockets() noexcept { return *sockets_; }
  /// For Asio objects on this shard. A shard of which nobody asks for it does without
  /// Asio, at less cost, and without its three descriptors. Throws std::system_error when
  /// none are left. Any thread.
  [[nodiscard]] asio::io_context& io();
  /// Of the callbacks that are coroutines.
  [[nodiscard]] detail::frame_pool& frames() noexcept { return frames_; }
  [[nodiscard]] topic_table& topics() noexcept { return topics_; }
  [[nodiscard]] caf::execution_unit& execution_unit() noexcept {
    return *execution_unit_;
  }
  /// Memory that whoever runs may use until it returns: a read buffer for all sockets
  /// here.
  [[nodiscard]] std::span<std::byte> scratch() noexcept {
    return {scratch_.get(), scratch_size};
  }
  /// A reference that no other call in this program returns.
  [[nodiscard]] reference make_reference() noexcept;
  /// The number of the shard that made `ref`.
  [[nodiscard]] static std::size_t number_of(reference ref) noexcept;
  [[nodiscard]] std::uint64_t references_made() const noexcept { return references_; }
  [[nodiscard]] std::size_t process_count() const noexcept { return processes_.size(); }
  /// The processes that live here, in no order.
  [[nodiscard]] std::vector<pid> processes() const;
  /// Messages that full mailboxes have dropped here so far, and what came after the end.
  /// Any thread.
  [[nodiscard]] std::uint64_t messages_dropped() const noexcept {
    return dropped_.load(std::memory_order_relaxed); // a figure, which orders nothing
  }

  /// Calls `work()`: what it throws is logged, as of `who`, and goes no further. False
  /// then. For what runs outside of the turns of processes.
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
  /// Within the handler of an exception: what it says is logged, as of `who`.
  void log_thrown(std::string_view who) const noexcept;

  /// Whose turn it is, if anybody's, and in which round of the loop; the process may be
  /// gone by now. Any thread.
  struct turn_now {
    const detail::process_block* running;
    const char* other; // null unless something else holds the shard
    std::uint64_t round;
  };
  [[nodiscard]] turn_now turn() const noexcept {
    // relaxed: figures; who follows the pointer asks `describe_turn`.
    return {running_.load(std::memory_order_relaxed),
            other_.load(std::memory_order_relaxed),
            rounds_.load(std::memory_order_relaxed)};
  }
  /// While it lives, the shard runs code of the application that belongs to no process:
  /// `by`, a literal.
  class held {
  public:
    held(shard& here, const char* by) noexcept : here_(here) { here_.set_other(by); }
    ~held() { here_.set_other(nullptr); }
    held(const held&) = delete;
    held& operator=(const held&) = delete;

  private:
    shard& here_;
  };
  /// For the log: the process and behaviour whose turn it is, if it is still `seen`'s.
  /// Any thread.
  [[nodiscard]] std::string describe_turn(const detail::process_block* seen);

  /// Calls `work(shard&)` once on this shard. Any thread; destroyed at once when the
  /// shard runs no more.
  template <class F>
  void post(F work);
  /// The same for what calls nobody back, as a signal does not: a process that polls its
  /// mailbox may have it done within its turn.
  template <class F>
  void post_quiet(F work);
  /// The same for a task that is there already. Takes no memory.
  void post_task(detail::shard_task& task) { push(&task); }
  /// Puts `entry`, which is for a process here, behind what is in the inbox, and takes
  /// ownership of it. Any thread.
  void post_signal(detail::process_block& to, detail::signal* entry);

  /// Whether something that was sent to a process here has perhaps not been looked at
  /// yet: what is read now from a socket may be later than that.
  [[nodiscard]] bool is_behind() const noexcept {
    return topics_.is_unsettled() || !inbox_.empty();
  }
  /// Whether something else than publications is not in its mailbox yet.
  [[nodiscard]] bool has_undelivered() const noexcept { return !inbox_.empty(); }

  /// What the end of a node asks of it.
  enum class order : std::uint8_t { shut_down = 1, end_at_once = 2, stop = 4 };
  /// Sends its processes an exit signal, or ends `run`. Takes no memory. Any thread.
  void obey(order what) noexcept;

  /// Runs until it is told to stop, on the calling thread.
  void run();
  /// For whoever has seen the end of `run`: refuses what waits in the inbox, and from
  /// then on whatever comes.
  void close();
  /// The inbox, what is due, and at most `entries` mailbox entries of the process that is
  /// next. For whoever steps a shard that has no thread. True when it did something.
  bool step(std::size_t entries = turn_limit);
  /// Dispatches what the sockets are ready for, without blocking.
  void poll();

private:
  friend class detail::process_block;
  friend class node;
  friend class topic_table;

  class running;
  /// Orders on their way, all of them at once.
  class orders final : public detail::shard_task {
  public:
    orders() noexcept : shard_task(detail::signal_kind::event) {}
    void run(shard& on) override;
    void dispose() noexcept override {}
    std::atomic<unsigned> wanted{0}; // bits of `order`; queued unless 0
  };
  static constexpr std::size_t scratch_size = 65'536;

  void set_running(detail::process_block* who) noexcept {
    running_.store(who, std::memory_order_relaxed); // as in turn()
  }
  void set_other(const char* by) noexcept {
    other_.store(by, std::memory_order_relaxed); // as in turn()
  }
  void push(detail::signal* entry);
  void refuse(detail::signal* entry);
  void refuse_all(detail::signal* oldest);
  bool drain_inbox();
  void take_in_next();
  /// What has come, up to the first task that may call somebody back: within a turn.
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
    // relaxed: as in messages_dropped; nobody else writes.
    dropped_.store(messages_dropped() + more, std::memory_order_relaxed);
  }
  void count_refused() noexcept { ++refused_; }
  [[nodiscard]] detail::spin_lock& watched() noexcept { return watched_; }

  /// While it lives, a process waits for the `init` of another one, inside its own turn.
  class nested_start {
  public:
    /// Throws std::length_error when too many are nested.
    explicit nested_start(shard& here);
    ~nested_start() { --here_.nested_starts_; }
    nested_start(const nested_start&) = delete;
    nested_start& operator=(const nested_start&) = delete;

  private:
    shard& here_;
  };

  runtime::node& owner_;
  const std::size_t index_;
  const std::size_t number_;
  const clock& clock_;
  std::atomic<std::thread::id> runner_{};
  detail::inbox inbox_;
  orders orders_;
  detail::signal* taken_ = nullptr; // from the inbox, but not in yet; oldest first
  mutable time_point now_;
  mutable bool now_is_stale_ = true;
  bool is_stopping_ = false;
  std::atomic<detail::process_block*> running_{
      nullptr}; // written by this shard only, as the next
  std::atomic<const char*> other_{nullptr};
  std::atomic<std::uint64_t> rounds_{0};
  detail::spin_lock watched_; // between a process that ends and whoever watches the turn
  detail::process_block* first_ready_ = nullptr;
  detail::process_block* last_ready_ = nullptr;
  detail::linked_list<detail::process_block> processes_;
  std::size_t nested_starts_ = 0;
  std::atomic<std::uint64_t> dropped_{0}; // written by this shard only, until its end
  std::uint64_t refused_ = 0; // those of them that had just come, and never waited
  std::optional<exit_reason>
      closing_; // what a process that starts now is ended with at once
  std::uint64_t references_;
  timer_queue timers_;
  std::unique_ptr<send_timers> message_timers_;
  detail::frame_pool frames_;
  const std::unique_ptr<reactor> sockets_;
  topic_table topics_;
  std::unique_ptr<std::byte[]> scratch_;
  std::once_flag asio_is_made_;
  std::unique_ptr<asio::io_context> io_;
  std::atomic<bool> uses_asio_{false}; // then both exist
  struct wake_up;
  std::unique_ptr<wake_up> wake_up_;
  std::shared_ptr<caf::execution_unit>
      execution_unit_; // of a type that is incomplete here
};

namespace detail {

// The reference count of a process that is on its way somewhere (pid.cpp).
void retain(process_block& who) noexcept;
void release(process_block& who) noexcept;

template <class F>
class posted_task final : public shard_task {
public:
  posted_task(signal_kind kind, F work) : shard_task(kind), work_(std::move(work)) {}
  void run(shard& on) override {
    const std::unique_ptr<posted_task> guard(this);
    work_(on);
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
