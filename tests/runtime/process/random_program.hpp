// Random programs: small systems of processes that send, link, monitor, exit, trap,
// register, spawn, set timers and await in their callbacks; a trace of what each saw; and
// the guarantees that every trace must keep.
#pragma once

#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/term/exit_reason.hpp"
#include "websock/runtime/term/reference.hpp"
#include "websock/runtime/time/clock.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

namespace random_programs {

/// Which notes a selective receive takes: even numbers, odd numbers, or all.
enum class wanted : std::uint8_t { even, odd, all };

/// The exit reason of a process that cannot record its own.
constexpr const char* unseen = "(unseen)";

/// One thing that a process did or saw, in that process's order.
struct event {
  enum class kind : std::uint8_t {
    sent,      // to `other`; note `number` of this pair
    received,  // from `other`
    selected,  // from `other`, by a receive of `which`
    missed,    // a receive of `which` that timed out
    monitored, // `other`, as `ref`
    demonitored,
    down,        // of `other`, for `ref`; `number` is 1 if a receive waited for it
    exit_seen,   // of `other`, trapped
    timer_set,   // `number`, due at `when`, to `other`
    timer_ended, // `number` was cancelled in time
    timer_fired, // `number`
    waits,       // until `when` at the latest; zero: no limit
    goes_on,     // at `when`; `number` is 1 after a timeout
    entered,     // a coroutine
    left,        // the coroutine ended or was destroyed
    served,      // a request of `other`
    stray,       // something unexpected: `reason`
    exit_sent,   // to `other`, with `reason`
    begun,       // traps exits for life if `number` is 1, never if 0
    exited,
  };
  kind what;
  int who;
  int other = -1;
  int number = 0;
  runtime::reference ref{};
  std::string reason{};
  runtime::time_point when{};
  wanted which = wanted::all;
};

/// The processes of one program and the trace of what they saw. Thread-safe.
class world {
public:
  enum class offloading : bool { no, yes }; // to a thread pool: cannot be replayed

  world(runtime::node& on, std::uint64_t seed, offloading offloads)
      : node(on), offloads_(offloads == offloading::yes), seed_(seed) {}

  /// Starts the program: `processes` processes, each with a budget of random deeds.
  void start(int processes, int deeds);
  /// Deeds that live processes still have to do.
  [[nodiscard]] int deeds_left() const { return deeds_.load(); }
  void done(int deeds) { deeds_.fetch_sub(deeds); }
  /// Adds a process and returns its number.
  int add(const runtime::pid& who);
  [[nodiscard]] runtime::pid at(int number) const;
  [[nodiscard]] int number_of(const runtime::pid& who) const;
  [[nodiscard]] int size() const;
  [[nodiscard]] std::uint64_t seed_for(int number) const noexcept {
    return seed_ * 1'000'003 + static_cast<std::uint64_t>(number);
  }
  void note(event happened);
  [[nodiscard]] std::vector<event> trace() const;
  [[nodiscard]] int next_timer() { return timers_.fetch_add(1); }
  void promise(int deeds) { deeds_.fetch_add(deeds); }
  [[nodiscard]] bool offloads() const noexcept { return offloads_; }

  runtime::node& node;

private:
  const bool offloads_;
  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  std::vector<runtime::pid> processes_;
  std::map<runtime::pid, int> numbers_;
  std::vector<event> trace_;
  std::atomic<int> deeds_{0};
  std::atomic<int> timers_{0};
};

/// The deeds left to one process. They are cancelled when it exits, even if it is killed
/// before it starts.
class budget {
public:
  budget(world& of, int deeds) : world_(&of), left_(deeds) { of.promise(deeds); }
  budget(budget&& other) noexcept
      : world_(other.world_), left_(std::exchange(other.left_, 0)) {}
  budget& operator=(budget&&) = delete;
  ~budget() { world_->done(left_); }
  [[nodiscard]] bool is_spent() const noexcept { return left_ == 0; }
  void spend() {
    --left_;
    world_->done(1);
  }

private:
  world* world_;
  int left_;
};

/// Describes what is wrong with a finished program; empty if nothing is.
[[nodiscard]] std::vector<std::string> violations(const world& finished);

} // namespace random_programs
