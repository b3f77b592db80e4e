// A node: the shards, the CAF actor system beside them, and the names that its processes
// share.
#pragma once

#include "../address/pid.hpp"
#include "../address/send.hpp"
#include "../behaviour/spawn.hpp"
#include "../log/log.hpp"
#include "../reactor/reactor_kind.hpp"
#include "../telemetry/event_table.hpp"
#include "../term/exit_reason.hpp"
#include "../term/reference.hpp"
#include "../time/clock.hpp"
#include "../time/deadline.hpp"

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
struct name_at;
class shard_numbers;
class turn_watch;
namespace detail {
class arriving_publications;
class caf_system;
class node_extensions;
class process_block;
class publication_routes;
class remote_gate;
} // namespace detail
namespace testing {
class stepped_node;
}

/// The parameters of a node. Its constructor throws std::invalid_argument, naming the
/// option and the range, for a value out of range.
struct node_options {
  std::size_t shards = 0;       // at most 1024; 0: one per processor that it may use
  std::size_t pool_threads = 0; // threads of CAF's scheduler; 0 as for shards
  /// How long `stop` waits before it kills processes that trap exits;
  /// milliseconds::max(): for ever.
  saturated<std::chrono::milliseconds> stop_timeout{5'000};
  /// A turn that takes longer is logged with its process and behaviour, after twice this
  /// time at the latest. 0: never.
  saturated<std::chrono::milliseconds> slow_turn{1'000};
  log_sink log = log_to_stderr;
  // For each shard. Where uring is asked for and not available: std::system_error.
  reactor_kind reactor = reactor_kind::automatic;
};

/// Owns the shards, their threads and the actor system. Must outlive every thread that
/// sends to its processes. Of nodes that communicate, stop all before destroying any.
class node {
public:
  /// Throws std::system_error when the system refuses the threads or descriptors.
  explicit node(node_options options = {});
  /// Stops the node.
  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// Ends every process: sends the exit signal `shutdown`, and `kill` to those left after
  /// stop_timeout. Returns when no process is left and the threads have ended. From then
  /// on nothing is spawned, calls fail with `noproc`, and messages are dropped. May be
  /// called again. Any thread but a shard's, which throws std::logic_error.
  void stop();
  /// Whether its shards have threads: false after `stop`. Any thread.
  [[nodiscard]] bool is_running() const noexcept {
    const auto now = phase_.load();
    return now == phase::running || now == phase::stopping;
  }

  /// Whether `stop` has ended it. Any thread.
  [[nodiscard]] bool has_stopped() const noexcept { return phase_.load() == phase::over; }

  /// Whether `stop` has begun, or is over. Any thread.
  [[nodiscard]] bool stops() const noexcept {
    const auto now = phase_.load();
    return now == phase::stopping || now == phase::over;
  }

  /// Whether the calling thread currently runs one of its shards. Any thread.
  [[nodiscard]] bool runs_here() const noexcept;

  /// Spawns a process on the next shard in turn; it is dead if the node stops or has
  /// stopped. Any thread.
  template <class T, class... Args>
  pid spawn(Args&&... args) {
    return spawn(next_shard(), detail::make_starter<T>(std::forward<Args>(args)...));
  }
  /// The same on a shard other than `busy`, if there is one.
  template <class T, class... Args>
  pid spawn_beside(const shard& busy, Args&&... args) {
    return spawn(next_shard_beside(busy),
                 detail::make_starter<T>(std::forward<Args>(args)...));
  }
  /// Spawns a process that calls `function(process&)`, which may return a waiting<T>, and
  /// exits with `normal` when that is done.
  template <class F>
  requires std::invocable<F&, process&> pid spawn(F function) {
    return spawn<detail::function_body<F>>(std::move(function));
  }
  /// Spawns a process on the shard with this index, which must be below `shard_count()`.
  template <class T, class... Args>
  pid spawn_on(std::size_t index, Args&&... args) {
    shard& home = shard_at(index); // may throw, hence first
    return spawn(home, detail::make_starter<T>(std::forward<Args>(args)...));
  }

  /// Sends to the process registered under `name` now. Throws std::invalid_argument when
  /// there is none. Any thread.
  template <class... Ts>
  void send(std::string_view name, Ts&&... values) {
    runtime::send(registered(name), std::forward<Ts>(values)...);
  }
  /// Sends to whoever has the name on that node when the message arrives; dropped if
  /// nobody has, or there is no way to the node. Throws not_transmissible. Any thread.
  template <class... Ts>
  void send(const name_at& target, Ts&&... values) {
    send_at(target, {}, detail::make_term(std::forward<Ts>(values)...));
  }
  /// Sends an exit signal that comes from no process. Any thread.
  void exit(const pid& to, exit_reason why);

  /// Any thread. Throws std::invalid_argument when the name is taken, or the process has
  /// a name, is dead or belongs to another node.
  void register_name(std::string name, const pid& who);
  [[nodiscard]] pid whereis(std::string_view name) const;
  [[nodiscard]] name_table& names() noexcept { return *names_; }
  /// Its name among other nodes, as in "chat@host"; "nonode@nohost" while it is on its
  /// own. Any thread. Source: erlang:node/0.
  [[nodiscard]] std::string_view name() const noexcept;
  /// For the library that connects nodes: its way to names on others, which must outlive
  /// the processes of this one; null to be on its own again. Any thread.
  void set_gate(detail::remote_gate* gate) noexcept { gate_ = gate; }
  [[nodiscard]] detail::remote_gate* gate() const noexcept { return gate_; }
  /// The ways by which publications leave; null while there are none. Any thread.
  [[nodiscard]] detail::publication_routes* routes() const noexcept { return routes_; }
  /// For publication_routes, an extension of the node. Any thread.
  void set_routes(detail::publication_routes* routes) noexcept { routes_ = routes; }
  /// Who sees what other nodes publish first; null for nobody. Any thread.
  void set_arrivals(detail::arriving_publications* first) noexcept { arrivals_ = first; }
  [[nodiscard]] detail::arriving_publications* arrivals() const noexcept {
    return arrivals_;
  }
  /// The timers of the shard that made `ref`; null when that is one of another node. Any
  /// thread.
  [[nodiscard]] send_timers* find_timers(reference ref) noexcept;
  /// The same; throws std::invalid_argument rather than null.
  [[nodiscard]] send_timers& timers_of(reference ref);

  /// Calls `work` on a thread of CAF's pool; the node's destructor waits for it. In a
  /// node stepped by a test it runs on the first shard. `work` must not throw. Any
  /// thread.
  void run_in_pool(std::function<void()> work);

  /// The reactor that all its shards use, and why. Any thread.
  [[nodiscard]] const reactor_choice& reactor() const noexcept { return reactor_; }
  [[nodiscard]] std::size_t shard_count() const noexcept { return shards_.size(); }
  [[nodiscard]] shard& shard_at(std::size_t index) { return *shards_.at(index); }
  /// The one `T(node&)` of this node, created on first use: what a library built on top
  /// keeps for all processes of the node. Outlives the processes, not the node. Any
  /// thread.
  template <class T>
  [[nodiscard]] T& extension() {
    return *static_cast<T*>(
        extension(typeid(T), [](node& owner) -> std::shared_ptr<void> {
          return std::make_shared<T>(owner);
        }));
  }
  /// The number of live processes. Any thread.
  [[nodiscard]] std::size_t process_count() const noexcept { return processes_.load(); }
  /// How many messages full mailboxes have dropped so far, and how many were sent to its
  /// shards after `stop`. Any thread.
  [[nodiscard]] std::uint64_t messages_dropped() const noexcept;
  /// Who listens to what happens here, and the way to tell them: `telemetry.hpp` has what
  /// handlers get. Any thread.
  [[nodiscard]] event_table& events() noexcept { return events_; }
  /// For plain CAF actors beside the processes.
  [[nodiscard]] caf::actor_system& actor_system() noexcept;
  /// Exceptions from the sink are swallowed and counted. Any thread.
  void log(log_level level, std::string_view line) const noexcept;
  /// Call while handling an exception: logs `who: text of the exception` without
  /// allocating. Any thread.
  void log_thrown(std::string_view who,
                  log_level level = log_level::error) const noexcept;
  /// How many times the sink has thrown. Any thread.
  [[nodiscard]] std::uint64_t log_failures() const noexcept { return log_failures_; }

private:
  friend class detail::process_block;
  friend class runtime::process;
  friend class runtime::shard;
  friend class testing::stepped_node;

  enum class threads : bool { none, one_per_shard };
  enum class phase : std::uint8_t { stepped, running, stopping, over };
  node(node_options options, const clock& time, threads run);

  void send_at(const name_at& target, const pid& from, term message);
  [[nodiscard]] pid registered(std::string_view name) const;
  [[nodiscard]] void* extension(const std::type_info& type,
                                std::shared_ptr<void> (*make)(node& owner));
  pid spawn(shard& on, detail::starter* start);
  [[nodiscard]] shard& next_shard() noexcept;
  [[nodiscard]] shard& next_shard_beside(const shard& busy) noexcept;
  pid create_process(shard& home); // caf_actor.cpp
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
  std::mutex stop_mutex_; // the first thread to call stop() runs it, the others wait
  std::unique_ptr<detail::caf_system> caf_;
  const std::unique_ptr<name_table> names_;
  event_table events_;
  std::atomic<detail::remote_gate*> gate_{nullptr};
  mutable std::atomic<std::uint64_t> log_failures_{0};
  std::atomic<std::size_t> processes_{0};
  std::atomic<std::size_t> spawned_{0};
  std::size_t pool_work_ = 0; // under empty_mutex_
  std::mutex empty_mutex_;    // only for stop(), which waits for the last process to exit
  std::condition_variable empty_;
  std::vector<std::unique_ptr<shard>> shards_; // may hold processes that never started
  const std::unique_ptr<detail::node_extensions> extensions_;
  std::vector<std::thread> threads_;
  std::unique_ptr<turn_watch> watch_; // null when slow_turn is 0
  std::atomic<detail::publication_routes*> routes_{nullptr};
  std::atomic<detail::arriving_publications*> arrivals_{nullptr};
};

} // namespace websock::runtime
