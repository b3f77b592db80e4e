// The processes of random programs.
#include "tests/runtime/process/random_program.hpp"

#include "websock/runtime/process/process.hpp"

#include "tests/runtime/process/random_process.hpp"

#include <stdexcept>
#include <utility>

namespace runtime = websock::runtime;

namespace random_programs {

namespace {

using kind = event::kind;

class subject final : public runtime::behaviour {
public:
  subject(world& in, budget deeds) : me_(in, std::move(deeds)) {}

private:
  void on_start() override { me_.begin(self()); }
  void on_message(runtime::term message) override {
    if (message.is<go>())
      act();
    else
      me_.see(message);
  }
  void on_exit(const runtime::exit_reason& why) noexcept override {
    me_.write({.what = kind::exited, .who = me_.number(), .reason = to_string(why)});
  }

  void act() {
    me_.spend(self());
    try {
      deed(me_.any(100));
    } catch (const runtime::no_such_process&) { // what Erlang raises from link/1
    } catch (const std::invalid_argument&) {    // names that are taken or gone
    }
  }

  void deed(int which) {
    if (which < 40)
      me_.send_note(self());
    else if (which < 48)
      me_.link(self());
    else if (which < 54)
      me_.unlink(self());
    else if (which < 64)
      me_.watch(self());
    else if (which < 69)
      me_.stop_watching(self());
    else if (which < 74)
      self().trap_exit(me_.any(2) == 0);
    else if (which < 82)
      me_.set_timer(self());
    else if (which < 85)
      me_.cancel_timer(self());
    else if (which < 90)
      spawn();
    else if (which < 93)
      names();
    else if (which < 96)
      me_.exit_other(self());
    else if (which < 98)
      me_.broadcast(self());
    else if (which == 98)
      runtime::process::exit(runtime::reason::of(me_.any(3)));
    else
      throw std::runtime_error("random");
  }

  void spawn() {
    world& in = me_.program();
    if (in.size() >= most_processes)
      return;
    budget deeds(in, 10);
    const int which = me_.any(3);
    if (which == 0)
      in.add(self().spawn<subject>(std::ref(in), std::move(deeds)));
    else if (which == 1)
      in.add(self().spawn_link<subject>(std::ref(in), std::move(deeds)));
    else
      in.add(start_patient(self(), in, std::move(deeds)));
  }

  void names() {
    const std::string name = "name" + std::to_string(me_.any(3));
    if (me_.any(2) == 0)
      self().register_name(name);
    else
      self().unregister_name(name);
  }

  actor me_;
};

} // namespace

void world::start(int processes, int deeds) {
  // All are known before the first runs: who runs looks up numbers.
  const std::lock_guard lock(mutex_);
  for (int i = 0; i < processes; ++i) {
    const auto who = i % 3 == 2
                         ? start_patient(*this, budget(*this, deeds / 2))
                         : node.spawn<subject>(std::ref(*this), budget(*this, deeds));
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
