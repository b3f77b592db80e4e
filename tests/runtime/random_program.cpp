// The processes of random programs.
#include "tests/runtime/random_program.hpp"

#include "runtime/process.hpp"
#include "runtime/pubsub.hpp"

#include <random>
#include <set>
#include <stdexcept>
#include <utility>

namespace random_programs {

namespace {

using kind = event::kind;

struct go {};
struct note {
  int from;
  int number;
};
struct timed {
  int number;
};

constexpr int most_processes = 14;

class subject final : public runtime::behaviour {
public:
  subject(world& in, budget deeds) : world_(in), deeds_(std::move(deeds)) {}

private:
  void on_start() override {
    number_ = world_.number_of(self().pid());
    random_.seed(world_.seed_for(number_));
    runtime::pubsub::subscribe(self(), "all");
    self().send(self().pid(), go{});
  }

  void on_message(runtime::term message) override {
    message.match([&](go) { act(); },
                  [&](const note& n) { saw(kind::received, n.from, n.number); },
                  [&](const timed& t) {
                    world_.note({.what = kind::timer_fired,
                                 .who = number_,
                                 .number = t.number,
                                 .when = self().shard().read_clock()});
                  },
                  [&](const runtime::down& gone) {
                    world_.note({.what = kind::down,
                                 .who = number_,
                                 .other = world_.number_of(gone.who),
                                 .ref = gone.ref,
                                 .reason = to_string(gone.reason)});
                  },
                  [&](const runtime::exit_signal& signal) {
                    world_.note({.what = kind::exit_seen,
                                 .who = number_,
                                 .other = world_.number_of(signal.from),
                                 .reason = to_string(signal.reason)});
                  });
  }

  void on_exit(const runtime::exit_reason& why) noexcept override {
    world_.note({.what = kind::exited, .who = number_, .reason = to_string(why)});
  }

  void saw(kind what, int other, int number) {
    world_.note({.what = what, .who = number_, .other = other, .number = number});
  }

  [[nodiscard]] int any(int below) {
    return static_cast<int>(random_() % static_cast<unsigned>(below));
  }
  [[nodiscard]] int anybody() { return any(world_.size()); }

  void act() {
    deeds_.spend();
    if (!deeds_.is_spent() && any(2) == 0)
      self().send(self().pid(), go{});
    else if (!deeds_.is_spent())
      self().send_after(std::chrono::milliseconds(any(3)), self(), go{});
    try {
      deed(any(100));
    } catch (const runtime::no_such_process&) { // what Erlang raises from link/1
    } catch (const std::invalid_argument&) {    // names that are taken or gone
    }
  }

  void deed(int which) {
    if (which < 40)
      send_note();
    else if (which < 48)
      self().link(world_.at(anybody()));
    else if (which < 54)
      self().unlink(world_.at(anybody()));
    else if (which < 64)
      watch();
    else if (which < 69)
      stop_watching();
    else if (which < 74)
      self().trap_exit(any(2) == 0);
    else if (which < 82)
      set_timer();
    else if (which < 85)
      cancel_timer();
    else if (which < 90)
      spawn();
    else if (which < 93)
      names();
    else if (which < 96)
      exit_other();
    else if (which < 98)
      broadcast();
    else if (which == 98)
      runtime::process::exit(runtime::reason(any(3)));
    else
      throw std::runtime_error("random");
  }

  void send_note() {
    const int to = anybody();
    const int number = ++sent_[to];
    saw(kind::sent, to, number);
    self().send(world_.at(to), note{number_, number});
  }

  void watch() {
    const int whom = anybody();
    const auto ref = self().monitor(world_.at(whom));
    watched_.push_back(ref);
    world_.note({.what = kind::monitored, .who = number_, .other = whom, .ref = ref});
  }

  void stop_watching() {
    if (watched_.empty())
      return;
    const auto ref =
        watched_[static_cast<std::size_t>(any(static_cast<int>(watched_.size())))];
    self().demonitor_flush(ref);
    world_.note({.what = kind::demonitored, .who = number_, .ref = ref});
  }

  void set_timer() {
    const int number = world_.next_timer();
    const int to = anybody();
    const auto delay = std::chrono::milliseconds(any(20));
    world_.note({.what = kind::timer_set,
                 .who = number_,
                 .other = to,
                 .number = number,
                 .when = self().shard().read_clock() + delay});
    timers_.emplace_back(number, self().send_after(delay, world_.at(to), timed{number}));
  }

  void cancel_timer() {
    if (timers_.empty())
      return;
    const auto [number, ref] =
        timers_[static_cast<std::size_t>(any(static_cast<int>(timers_.size())))];
    if (self().cancel_timer(ref))
      saw(kind::timer_ended, -1, number);
  }

  void spawn() {
    if (world_.size() >= most_processes)
      return;
    budget deeds(world_, 10);
    const auto child =
        any(2) == 0 ? self().spawn<subject>(std::ref(world_), std::move(deeds))
                    : self().spawn_link<subject>(std::ref(world_), std::move(deeds));
    world_.add(child);
  }

  void names() {
    const std::string name = "name" + std::to_string(any(3));
    if (any(2) == 0)
      self().register_name(name);
    else
      self().unregister_name(name);
  }

  void exit_other() {
    const int whom = anybody();
    self().exit(world_.at(whom), any(4) == 0 ? runtime::exit_reason(runtime::kill)
                                             : runtime::reason(any(3)));
  }

  void broadcast() {
    // To everybody alive: counted as nothing, but it must not upset the order of the
    // rest.
    runtime::pubsub::broadcast(self(), "all", number_);
  }

  world& world_;
  budget deeds_;
  int number_ = -1;
  std::mt19937_64 random_;
  std::map<int, int> sent_;
  std::vector<runtime::reference> watched_;
  std::vector<std::pair<int, runtime::reference>> timers_;
};

} // namespace

void world::start(int processes, int deeds) {
  // All are known before the first runs: who runs looks up numbers.
  const std::lock_guard lock(mutex_);
  for (int i = 0; i < processes; ++i) {
    const auto who = node.spawn<subject>(std::ref(*this), budget(*this, deeds));
    numbers_.emplace(who, static_cast<int>(processes_.size()));
    processes_.push_back(who);
  }
}

int world::add(const runtime::pid& who) {
  const std::lock_guard lock(mutex_);
  const int number = static_cast<int>(processes_.size());
  numbers_.emplace(who, number);
  processes_.push_back(who);
  return number;
}

runtime::pid world::at(int number) const {
  const std::lock_guard lock(mutex_);
  return processes_.at(static_cast<std::size_t>(number));
}

int world::number_of(const runtime::pid& who) const {
  const std::lock_guard lock(mutex_);
  const auto found = numbers_.find(who);
  return found == numbers_.end() ? -1 : found->second;
}

int world::size() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(processes_.size());
}

void world::note(event happened) {
  const std::lock_guard lock(mutex_);
  trace_.push_back(std::move(happened));
}

std::vector<event> world::trace() const {
  const std::lock_guard lock(mutex_);
  return trace_;
}

} // namespace random_programs
