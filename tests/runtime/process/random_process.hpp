// What all processes of a random program share: their dice, and the deeds that do not
// wait.
#pragma once

#include "websock/runtime/process/process.hpp"

#include "tests/runtime/process/random_program.hpp"

#include <map>
#include <random>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

namespace random_programs {

struct go {};
/// Even and odd notes have different types, so that a receive can choose.
template <int Parity>
struct note {
  int from;
  int number;
};
using even_note = note<0>;
using odd_note = note<1>;
struct timed {
  int number;
};

constexpr int most_processes = 14;

/// Part of a process; acts on its behalf.
class actor {
public:
  actor(world& in, budget deeds) : world_(in), deeds_(std::move(deeds)) {}

  /// Runs once, when the process starts.
  void begin(runtime::process& self);
  /// Records a message other than `go`.
  void see(const runtime::term& message);
  /// Counts one deed; sends the next `go` if any deeds are left.
  void spend(runtime::process& self);

  void send_note(runtime::process& self) { send_note(self, anybody()); }
  void send_note(runtime::process& self, int to);
  void link(runtime::process& self) { self.link(world_.at(anybody())); }
  void unlink(runtime::process& self) { self.unlink(world_.at(anybody())); }
  std::pair<int, runtime::reference> watch(runtime::process& self);
  void stop_watching(runtime::process& self);
  void set_timer(runtime::process& self);
  void cancel_timer(runtime::process& self);
  void exit_other(runtime::process& self);
  void broadcast(runtime::process& self);

  void write(event happened) { world_.note(std::move(happened)); }
  void saw(event::kind what, int other, int number) {
    write({.what = what, .who = number_, .other = other, .number = number});
  }
  [[nodiscard]] int any(int below) {
    return static_cast<int>(random_() % static_cast<unsigned>(below));
  }
  [[nodiscard]] int anybody() { return any(world_.size()); }
  [[nodiscard]] int number() const noexcept { return number_; }
  [[nodiscard]] world& program() noexcept { return world_; }

private:
  world& world_;
  budget deeds_;
  int number_ = -1;
  runtime::process* self_ = nullptr;
  std::mt19937_64 random_;
  std::map<int, int> sent_;
  std::vector<runtime::reference> watched_;
  std::vector<std::pair<int, runtime::reference>> timers_;
};

/// Starts a process whose callbacks await, on a shard that the node chooses or on that of
/// `from`.
runtime::pid start_patient(world& in, budget deeds);
runtime::pid start_patient(runtime::process& from, world& in, budget deeds);

} // namespace random_programs
