// Random programs: small systems of processes that send, link, monitor, exit, trap,
// register, spawn, set timers and wait within their callbacks, with a trace of what each
// saw, and the guarantees that every trace must keep.
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

/// Which notes a selective receive takes: those with an even number, an odd one, or all.
enum class wanted : std::uint8_t { even, odd, all };

/// The exit reason of a process that cannot tell it.
constexpr const char* unseen = "(unseen)";

/// One thing that a process did or saw, in the order in which that process did.
struct event {
  enum class kind : std::uint8_t {
    sent,      // to `other`, the `number`th of this pair
    received,  // from `other`
    selected,  // from `other`, by a receive that takes `which`
    missed,    // a receive that takes `which`, and found nothing in time
    monitored, // `other`, as `ref`
    demonitored,
    down,        // of `other`, for `ref`; `number` is 1 when it was waited for
    exit_seen,   // of `other`, trapped
    timer_set,   // `number`, due at `when`, to `other`
    timer_ended, // `number` was cancelled in time
    timer_fired, // `number`
    waits,       // until `when` at most, unless that is zero
    goes_on,     // at `when`; `number` is 1 when the time was up
    entered,     // a coroutine
    left,        // it, by its end or with the process
    served,      // a request of `other`
    stray,       // what should not be there: `reason`
    exit_sent,   // to `other`, with `reason`
    begun,       // and traps exits for life if `number` is 1, never if it is 0
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

/// The processes of one program and what they saw. Thread-safe.
class world {
public:
  enum class offloading : bool { no, yes }; // to a pool of threads: no schedule to replay

  world(runtime::node& on, std::uint64_t seed, offloading offloads)
      : node(on), offloads_(offloads == offloading::yes), seed_(seed) {}

  /// Starts the program: some processes with a budget of random deeds each.
  void start(int processes, int deeds);
  /// Deeds that are still to be done by processes that live.
  [[nodiscard]] int deeds_left() const { return deeds_.load(); }
  void done(int deeds) { deeds_.fetch_sub(deeds); }
  /// Adds a process; its number.
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

/// The deeds that one process may still do; what is left is gone with it, also when it is
/// killed before it begins.
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

/// What is wrong with a finished program, in words; empty when nothing is.
[[nodiscard]] std::vector<std::string> violations(const world& finished);

} // namespace random_programs
