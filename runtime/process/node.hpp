// A node: the shards, the CAF actor system beside them, and the names that its processes
// share.
#pragma once

#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/address/send.hpp"
#include "websock/runtime/behaviour/spawn.hpp"
#include "websock/runtime/log/log.hpp"
#include "websock/runtime/reactor/reactor_kind.hpp"
#include "websock/runtime/term/exit_reason.hpp"
#include "websock/runtime/term/reference.hpp"
#include "websock/runtime/time/clock.hpp"
#include "websock/runtime/time/deadline.hpp"

#include <atomic>
#include <concepts>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <typeinfo>
#include <utility>
#include <vector>

namespace caf {
class actor_system;
}

namespace websock::runtime {

class name_table;
class process;
class send_timers;
class shard;
class shard_numbers;
class turn_watch;
namespace detail {
class caf_system;
class node_extensions;
class process_block;
} // namespace detail
namespace testing {
class stepped_node;
}

/// What a node is made of. A value out of range stops its constructor with
/// std::invalid_argument that names the option and the range.
struct node_options {
  std::size_t shards = 0;       // at most 1024; 0: one per processor that it may use
  std::size_t pool_threads = 0; // of CAF's scheduler; the same
  /// For processes that trap exits; then `kill`. milliseconds::max(): never.
  saturated<std::chrono::milliseconds> stop_timeout{5'000};
  /// A turn that holds its shard for longer is logged, with its process and behaviour, by
  /// twice that time at the latest. 0: never.
  saturated<std::chrono::milliseconds> slow_turn{1'000};
  log_sink log = log_to_stderr;
  // Of each shard; uring where it cannot be had: std::system_error.
  reactor_kind reactor = reactor_kind::automatic;
};

/// Owns its shards' threads and the actor system. Must outlive every thread that sends to
/// its processes; of nodes that know each other, stop each before the first one goes.
class node {
public:
  /// Throws std::system_error when the system has not the threads or descriptors for it.
  explicit node(node_options options = {});
  /// Stops it.
  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// Ends every process: exit signal `shutdown`, and `kill` for what is left after
  /// stop_timeout. Returns when none is left and the threads have ended. From then on
  /// nobody is spawned, a call fails with `noproc`, and what is sent is dropped. May be
  /// repeated. Any thread but a shard's: std::logic_error there.
  void stop();
  /// Whether its shards have threads: not after `stop`. Any thread.
  [[nodiscard]] bool is_running() const noexcept {
    const auto now = phase_.load();
    return now == phase::running || now == phase::stopping;
  }

  /// A new process, on the next shard in turn; a dead one when the node stops or has
  /// stopped. Any thread.
  template <class T, class... Args>
  pid spawn(Args&&... args) {
    return spawn(next_shard(), detail::make_starter<T>(std::forward<Args>(args)...));
  }
  /// The same on another shard than `busy`, if there is another.
  template <class T, class... Args>
  pid spawn_beside(const shard& busy, Args&&... args) {
    return spawn(next_shard_beside(busy),
                 detail::make_starter<T>(std::forward<Args>(args)...));
  }
  /// A process that calls `function(process&)`, which may return a waiting<T>, and exits
  /// `normal` when that is done.
  template <class F>
  requires std::invocable<F&, process&> pid spawn(F function) {
    return spawn<detail::function_body<F>>(std::move(function));
  }
  /// A new process on the shard with this index, below `shard_count()`.
  template <class T, class... Args>
  pid spawn_on(std::size_t index, Args&&... args) {
    shard& on = shard_at(index); // may throw, hence first
    return spawn(on, detail::make_starter<T>(std::forward<Args>(args)...));
  }

  /// Sends to whoever is registered under `name` now. Throws std::invalid_argument when
  /// nobody is. Any thread.
  template <class... Ts>
  void send(std::string_view name, Ts&&... values) {
    runtime::send(registered(name), std::forward<Ts>(values)...);
  }
  /// Sends an exit signal that comes from no process. Any thread.
  void exit(const pid& to, exit_reason why);

  /// Any thread. Throws std::invalid_argument when the name is taken, or the process has
  /// a name, is dead or is not one of this node.
  void register_name(std::string name, const pid& who);
  [[nodiscard]] pid whereis(std::string_view name) const;
  [[nodiscard]] name_table& names() noexcept { return *names_; }
  /// The timers of the shard that made `ref`; null when that is one of another node. Any
  /// thread.
  [[nodiscard]] send_timers* find_timers(reference ref) noexcept;
  /// The same; throws std::invalid_argument rather than null.
  [[nodiscard]] send_timers& timers_of(reference ref);

  /// Calls `work` on a thread of CAF's pool; the node's destructor waits for it. In a
  /// node that a test steps, on its first shard. `work` must not throw. Any thread.
  void run_in_pool(std::function<void()> work);

  /// What its shards ask the kernel with, one for all of them, and why. Any thread.
  [[nodiscard]] const reactor_choice& reactor() const noexcept { return reactor_; }
  [[nodiscard]] std::size_t shard_count() const noexcept { return shards_.size(); }
  [[nodiscard]] shard& shard_at(std::size_t index) { return *shards_.at(index); }
  /// The one `T(node&)` of this node, made when it is first asked for: what a library on
  /// top keeps for all processes of a node. It outlives them, and not the node. Any
  /// thread.
  template <class T>
  [[nodiscard]] T& extension() {
    return *static_cast<T*>(
        extension(typeid(T), [](node& owner) -> std::shared_ptr<void> {
          return std::make_shared<T>(owner);
        }));
  }
  /// Processes that are alive. Any thread.
  [[nodiscard]] std::size_t process_count() const noexcept { return processes_.load(); }
  /// Messages that full mailboxes have dropped so far, of all its processes, and what was
  /// sent to its shards after `stop`. Any thread.
  [[nodiscard]] std::uint64_t messages_dropped() const noexcept;
  /// For plain CAF actors beside the processes.
  [[nodiscard]] caf::actor_system& actor_system() noexcept;
  /// What the sink throws goes no further, and is counted. Any thread.
  void log(log_level level, std::string_view line) const noexcept;
  /// Within the handler of an exception: logs `who: what it says`, without memory of the
  /// heap. Any thread.
  void log_thrown(std::string_view who,
                  log_level level = log_level::error) const noexcept;
  /// How often the sink has thrown. Any thread.
  [[nodiscard]] std::uint64_t log_failures() const noexcept { return log_failures_; }

private:
  friend class detail::process_block;
  friend class runtime::shard;
  friend class testing::stepped_node;

  enum class threads : bool { none, one_per_shard };
  enum class phase : std::uint8_t { stepped, running, stopping, over };
  node(node_options options, const clock& time, threads run);

  [[nodiscard]] pid registered(std::string_view name) const;
  [[nodiscard]] void* extension(const std::type_info& type,
                                std::shared_ptr<void> (*make)(node& owner));
  pid spawn(shard& on, detail::starter* start);
  [[nodiscard]] shard& next_shard() noexcept;
  [[nodiscard]] shard& next_shard_beside(const shard& busy) noexcept;
  pid create_process(shard& on); // caf_actor.cpp
  void process_exited() noexcept;
  void pool_work_done() noexcept;
  bool wait_until_empty(duration limit);
  void start_threads();
  void end_threads() noexcept;
  void close();

  const node_options options_;
  const reactor_choice reactor_;
  const threads run_;
  const std::unique_ptr<const shard_numbers> numbers_;
  std::atomic<phase> phase_;
  std::mutex stop_mutex_; // of several threads that stop it, one does; the others wait
  std::unique_ptr<detail::caf_system> caf_;
  const std::unique_ptr<name_table> names_;
  mutable std::atomic<std::uint64_t> log_failures_{0};
  std::atomic<std::size_t> processes_{0};
  std::atomic<std::size_t> spawned_{0};
  std::size_t pool_work_ = 0; // under empty_mutex_
  std::mutex empty_mutex_;    // only for stop(), which waits for the last process
  std::condition_variable empty_;
  std::vector<std::unique_ptr<shard>> shards_; // which may hold what was never started
  const std::unique_ptr<detail::node_extensions> extensions_;
  std::vector<std::thread> threads_;
  std::unique_ptr<turn_watch> watch_; // null: nobody watches
};

} // namespace websock::runtime
