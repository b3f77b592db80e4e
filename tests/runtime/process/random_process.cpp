// Deeds and their effects.
#include "tests/runtime/process/random_process.hpp"

#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/registry/pubsub.hpp"

#include <chrono>

namespace runtime = websock::runtime;

namespace random_programs {

using kind = event::kind;

void actor::begin(runtime::process& self) {
  self_ = &self;
  number_ = world_.number_of(self.pid());
  random_.seed(world_.seed_for(number_));
  runtime::pubsub::subscribe(self, "all");
  self.send(self.pid(), go{});
}

void actor::see(const runtime::term& message) {
  message.match(
      [&](const even_note& n) { saw(kind::received, n.from, n.number); },
      [&](const odd_note& n) { saw(kind::received, n.from, n.number); },
      [&](const timed& t) {
        write({.what = kind::timer_fired,
               .who = number_,
               .number = t.number,
               .when = self_->shard().read_clock()});
      },
      [&](const runtime::down& gone) {
        write({.what = kind::down,
               .who = number_,
               .other = world_.number_of(gone.who),
               .ref = gone.ref,
               .reason = to_string(gone.reason)});
      },
      [&](const runtime::exit_signal& signal) {
        write({.what = kind::exit_seen,
               .who = number_,
               .other = world_.number_of(signal.from),
               .reason = to_string(signal.reason)});
      },
      [&](const runtime::response& late) {
        write({.what = kind::stray,
               .who = number_,
               .reason = "a response that nobody waits for, " + to_string(late.failed)});
      },
      [&](int) {}, // a broadcast
      [](runtime::otherwise) {});
}

void actor::spend(runtime::process& self) {
  deeds_.spend();
  if (!deeds_.is_spent() && any(2) == 0)
    self.send(self.pid(), go{});
  else if (!deeds_.is_spent())
    self.send_after(std::chrono::milliseconds(any(3)), self, go{});
}

void actor::send_note(runtime::process& self, int to) {
  const int number = ++sent_[to];
  saw(kind::sent, to, number);
  if (number % 2 == 0)
    self.send(world_.at(to), even_note{number_, number});
  else
    self.send(world_.at(to), odd_note{number_, number});
}

std::pair<int, runtime::reference> actor::watch(runtime::process& self) {
  const int whom = anybody();
  const auto ref = self.monitor(world_.at(whom));
  watched_.push_back(ref);
  write({.what = kind::monitored, .who = number_, .other = whom, .ref = ref});
  return {whom, ref};
}

void actor::stop_watching(runtime::process& self) {
  if (watched_.empty())
    return;
  const auto ref =
      watched_[static_cast<std::size_t>(any(static_cast<int>(watched_.size())))];
  self.demonitor_flush(ref);
  write({.what = kind::demonitored, .who = number_, .ref = ref});
}

void actor::set_timer(runtime::process& self) {
  const int number = world_.next_timer();
  const int to = anybody();
  const auto delay = std::chrono::milliseconds(any(20));
  write({.what = kind::timer_set,
         .who = number_,
         .other = to,
         .number = number,
         .when = self.shard().read_clock() + delay});
  timers_.emplace_back(number, self.send_after(delay, world_.at(to), timed{number}));
}

void actor::cancel_timer(runtime::process& self) {
  if (timers_.empty())
    return;
  const auto [number, ref] =
      timers_[static_cast<std::size_t>(any(static_cast<int>(timers_.size())))];
  if (self.cancel_timer(ref))
    saw(kind::timer_ended, -1, number);
}

void actor::exit_other(runtime::process& self) {
  const int whom = anybody();
  const auto why = any(4) == 0 ? runtime::exit_reason(runtime::reason::kill)
                               : runtime::exit_reason(runtime::reason::of(any(3)));
  write(
      {.what = kind::exit_sent, .who = number_, .other = whom, .reason = to_string(why)});
  self.exit(world_.at(whom), why);
}

void actor::broadcast(runtime::process& self) {
  // To everybody alive: counted as nothing, but it must not upset the order of the rest.
  runtime::pubsub::broadcast(self, "all", number_);
}

} // namespace random_programs
