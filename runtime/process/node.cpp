// The node: starting, stopping, and what its shards share.
#include "node.hpp"

#include "../address/exit_signals.hpp"
#include "../address/name_table.hpp"
#include "../address/remote_gate.hpp"
#include "../reactor/reactor.hpp"
#include "../term/thrown.hpp"
#include "caf_system.hpp"
#include "cpu_count.hpp"
#include "node_extensions.hpp"
#include "process_block.hpp"
#include "running_shard.hpp"
#include "shard.hpp"
#include "shard_numbers.hpp"
#include "turn_watch.hpp"

#include <fcntl.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <system_error>

namespace websock::runtime {

namespace {

constexpr std::size_t most_threads = 1'024;
constexpr std::size_t longest_thrown = 1'024; // octets of a log line

void check(const char* option, std::size_t value) {
  if (value > most_threads)
    throw std::invalid_argument(
        "node_options." + std::string(option) + " is " + std::to_string(value)
        + ": it must be 0 (one per processor) to " + std::to_string(most_threads));
}

[[nodiscard]] node_options checked(node_options options) {
  check("shards", options.shards);
  check("pool_threads", options.pool_threads);
  if (options.stop_timeout < std::chrono::milliseconds::zero())
    throw std::invalid_argument(
        "node_options.stop_timeout is negative: it must be 0 ms or more");
  if (options.slow_turn < std::chrono::milliseconds::zero())
    throw std::invalid_argument(
        "node_options.slow_turn is negative: it must be 0 ms or more");
  if (!options.log)
    throw std::invalid_argument("node_options.log is empty: it must be a function");
  if (options.shards == 0)
    options.shards = usable_cpus();
  if (options.pool_threads == 0)
    options.pool_threads = usable_cpus();
  return options;
}

// A socket that reused the number of a closed standard stream would be taken for it and
// receive the log.
void open_standard_streams() noexcept {
  for (int each = 0; each <= 2; ++each)
    if (::fcntl(each, F_GETFD) < 0 && errno == EBADF)
      static_cast<void>(::open("/dev/null", O_RDWR)); // takes the lowest free number
}

[[nodiscard]] const clock& system_clock() {
  static const steady_clock clock;
  return clock;
}

void order_all(const std::vector<std::unique_ptr<shard>>& shards,
               shard::order what) noexcept {
  for (const auto& each : shards)
    each->obey(what);
}

} // namespace

node::node(node_options options)
    : node(std::move(options), system_clock(), threads::one_per_shard) {
}

node::node(node_options options, const clock& time, threads run)
    : options_(checked(std::move(options))), reactor_(choose_reactor(options_.reactor)),
      run_(run), numbers_(std::make_unique<shard_numbers>(options_.shards)),
      phase_(run == threads::none ? phase::stepped : phase::running),
      caf_(std::make_unique<detail::caf_system>(options_.pool_threads)),
      names_(std::make_unique<name_table>()),
      events_([this](std::string_view who) { log_thrown(who); }),
      extensions_(std::make_unique<detail::node_extensions>()) {
  open_standard_streams();
  shards_.reserve(options_.shards);
  for (std::size_t i = 0; i < options_.shards; ++i) {
    const auto number = numbers_->first() + i;
    // A node stepped by a test is the same every time.
    const auto made = run == threads::none ? 0 : shard_numbers::references_of(number);
    shards_.push_back(
        std::make_unique<shard>(*this, i, number, made, time, reactor_.kind));
  }
  if (run != threads::none)
    start_threads();
}

void node::start_threads() {
  threads_.reserve(shards_.size());
  const bool is_watched = options_.slow_turn > std::chrono::milliseconds::zero();
  try {
    for (const auto& each : shards_)
      threads_.emplace_back([&home = *each] {
        // The name that top and debuggers show: 15 characters at most.
        const std::string name = "websock/" + std::to_string(home.index());
        static_cast<void>(::pthread_setname_np(::pthread_self(), name.c_str()));
        home.run();
      });
    if (is_watched)
      watch_ = std::make_unique<turn_watch>(*this, duration(options_.slow_turn));
  } catch (const std::system_error& refused) {
    const auto made = threads_.size();
    end_threads();
    throw std::system_error(refused.code(),
                            "node: the system made " + std::to_string(made) + " of "
                                + std::to_string(shards_.size() + (is_watched ? 1 : 0))
                                + " threads for node_options.shards");
  }
}

void node::end_threads() noexcept {
  for (std::size_t i = 0; i < threads_.size(); ++i)
    shards_[i]->obey(shard::order::stop);
  for (auto& thread : threads_)
    thread.join();
  threads_.clear();
}

node::~node() {
  stop();
  std::unique_lock lock(empty_mutex_);
  empty_.wait(lock, [this] { return pool_work_ == 0; });
}

void node::run_in_pool(std::function<void()> work) {
  if (run_ == threads::none) {
    shard_at(0).post([work = std::move(work)](shard&) { work(); });
    return;
  }
  {
    const std::lock_guard lock(empty_mutex_);
    ++pool_work_;
  }
  try {
    caf_->run([this, work = std::move(work)]() mutable {
      work();
      work = nullptr; // destroys it before the node may be destroyed
      pool_work_done();
    });
  } catch (...) {
    pool_work_done();
    throw;
  }
}

void node::pool_work_done() noexcept {
  const std::lock_guard lock(empty_mutex_);
  if (--pool_work_ == 0)
    empty_.notify_all();
}

caf::actor_system& node::actor_system() noexcept {
  return caf_->get();
}

bool node::runs_here() const noexcept {
  return detail::running_shard(*this) != nullptr;
}

void node::stop() {
  if (runs_here())
    throw std::logic_error("node::stop waits for the shard that called it");
  const std::lock_guard lock(stop_mutex_);
  if (phase_ != phase::running)
    return;
  phase_ = phase::stopping;
  order_all(shards_, shard::order::shut_down);
  if (!wait_until_empty(options_.stop_timeout)) {
    log(log_level::warning, std::to_string(process_count())
                                + " processes did not end in time and are killed");
    do
      order_all(shards_, shard::order::end_at_once);
    while (!wait_until_empty(std::chrono::milliseconds(100)));
  }
  close();
}

/// No process is left. What waits in an inbox is refused once its shard has ended; the
/// answer to it may be sent to a shard that is already closed, which refuses it at once.
void node::close() {
  assert(!runs_here() && "no shard waits for its own end");
  end_threads();
  watch_.reset();
  for (const auto& each : shards_)
    each->close();
  for (const auto& each : shards_)
    shard_numbers::references_of(numbers_->first() + each->index()) =
        each->references_made();
  phase_ = phase::over;
}

void node::log(log_level level, std::string_view line) const noexcept {
  try {
    options_.log(level, line);
  } catch (...) { // whatever it is, the line is lost
    ++log_failures_;
  }
}

void node::log_thrown(std::string_view who, log_level level) const noexcept {
  const auto text = detail::thrown_text();
  std::array<char, longest_thrown> line{};
  const auto size = std::snprintf(
      line.data(), line.size(), "%.*s: %.*s", static_cast<int>(who.size()), who.data(),
      static_cast<int>(std::min(text.size(), line.size())), text.data());
  log(level, {line.data(), std::min(static_cast<std::size_t>(size), line.size() - 1)});
}

bool node::wait_until_empty(duration limit) {
  const auto is_empty = [this] { return processes_.load() == 0; };
  const auto end = deadline_in(std::chrono::steady_clock::now(), limit);
  std::unique_lock lock(empty_mutex_);
  if (end != end_of_time)
    return empty_.wait_until(lock, end, is_empty);
  empty_.wait(lock, is_empty);
  return true;
}

std::uint64_t node::messages_dropped() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& each : shards_)
    sum += each->messages_dropped();
  return sum;
}

void node::process_exited() noexcept {
  if (processes_.fetch_sub(1) != 1)
    return;
  const std::lock_guard lock(empty_mutex_);
  empty_.notify_all();
}

std::string_view node::name() const noexcept {
  const auto* const way_out = gate();
  return way_out != nullptr ? way_out->node_name() : "nonode@nohost";
}

void node::send_at(const name_at& target, const pid& from, term message) {
  if (target.node == name())
    runtime::send(whereis(target.name), std::move(message));
  else if (auto* const way_out = gate())
    way_out->send(target, from, std::move(message));
}

void node::exit(const pid& to, exit_reason why) {
  if (to.is_foreign())
    detail::exit_foreign(to, {}, why);
  else if (to)
    detail::send_exit(to, {}, std::move(why));
}

shard& node::next_shard() noexcept {
  // relaxed: only spreads processes over shards, and orders nothing.
  return *shards_[spawned_.fetch_add(1, std::memory_order_relaxed) % shards_.size()];
}

shard& node::next_shard_beside(const shard& busy) noexcept {
  shard& next = next_shard();
  return &next == &busy ? next_shard() : next;
}

pid node::spawn(shard& home, detail::starter* start) {
  detail::owned_starter own(start);
  auto started = create_process(home);
  const auto now = phase_.load();
  if (now == phase::running || now == phase::stepped) {
    detail::deliver(started, own.release());
    return started;
  }
  auto& block = *detail::find_block(started);
  block.never_starts();
  if (now == phase::over)
    own.release()->bounce(block);
  else // what the behaviour would be made of may belong to its shard, which still runs
    home.post_signal(block, own.release());
  return started;
}

void node::register_name(std::string name, const pid& who) {
  if (const auto* block = detail::find_block(who);
      block != nullptr && &block->node() != this)
    throw std::invalid_argument("register_name(\"" + name + "\", " + to_string(who)
                                + "): a process of another node");
  names_->add(std::move(name), who);
}

pid node::whereis(std::string_view name) const {
  return names_->whereis(name);
}

pid node::registered(std::string_view name) const {
  return names_->registered_as(name);
}

void* node::extension(const std::type_info& type,
                      std::shared_ptr<void> (*make)(node& owner)) {
  return extensions_->get(type, *this, make);
}

send_timers* node::find_timers(reference ref) noexcept {
  const auto index = shard::number_of(ref) - numbers_->first(); // wraps below the first
  return index < shards_.size() ? &shards_[index]->message_timers() : nullptr;
}

send_timers& node::timers_of(reference ref) {
  if (auto* found = find_timers(ref))
    return *found;
  throw std::invalid_argument(to_string(ref) + " was made by another node");
}

} // namespace websock::runtime
