// What must hold for every program's trace, whatever the schedule.
#include "websock/runtime/process/process.hpp"

#include "tests/runtime/process/random_program.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace runtime = websock::runtime;

namespace random_programs {

namespace {

using kind = event::kind;

/// What one process sent to another.
struct channel {
  int sent = 0;
  int first_missing = 1; // all before it have been taken
  std::set<int> taken{};

  /// Whether one is in the mailbox that was sent before `number`, and is wanted.
  [[nodiscard]] bool has_before(int number, wanted which) const {
    for (int i = first_missing; i < number; ++i)
      if (!taken.contains(i) && is_wanted(i, which))
        return true;
    return false;
  }
  [[nodiscard]] bool take(int number) {
    const bool is_new = taken.insert(number).second;
    while (taken.contains(first_missing))
      ++first_missing;
    return is_new;
  }
  [[nodiscard]] static bool is_wanted(int number, wanted which) noexcept {
    return which == wanted::all || (number % 2 == 0) == (which == wanted::even);
  }
};

struct checker {
  const world& finished;
  std::vector<event> trace = finished.trace();
  std::vector<std::string> found{};
  std::map<int, std::string> exits{};

  void wrong(const std::string& what, const event& at) {
    found.push_back(what + " (process " + std::to_string(at.who) + ", other "
                    + std::to_string(at.other) + ", number " + std::to_string(at.number)
                    + ", " + to_string(at.ref) + ", " + at.reason + ")");
  }
  [[nodiscard]] bool is_alive(int who) const { return !exits.contains(who); }

  // A process exits once, and sees nothing afterwards.
  void check_exits() {
    for (const auto& each : trace) {
      if (!is_alive(each.who))
        wrong("a process that has exited does something", each);
      if (each.what == kind::exited)
        exits.emplace(each.who, each.reason);
    }
    // Who was killed before it began saw nothing, not even its end.
    for (int i = 0; i < finished.size(); ++i)
      if (!finished.at(i).is_alive())
        exits.emplace(i, unseen);
  }

  // Messages of a pair are handled in order, each once, and all of them at a receiver
  // that lives. A receive takes the first that it wants and leaves the others in order.
  void check_messages() {
    std::map<std::pair<int, int>, channel> pairs;
    for (const auto& each : trace) {
      if (each.what == kind::sent)
        pairs[{each.who, each.other}].sent = each.number;
      if (each.what == kind::missed) {
        const auto& own = pairs[{each.who, each.who}]; // come as soon as they are sent
        if (own.has_before(own.sent + 1, each.which))
          wrong("a receive does not find what has come", each);
      }
      if (each.what != kind::received && each.what != kind::selected)
        continue;
      auto& pair = pairs[{each.other, each.who}];
      if (pair.has_before(each.number, each.which))
        wrong("a message overtakes another one", each);
      if (!channel::is_wanted(each.number, each.which))
        wrong("a receive takes what it does not want", each);
      if (!pair.take(each.number))
        wrong("a message is there twice", each);
    }
    for (const auto& [ends, pair] : pairs)
      if (is_alive(ends.second) && pair.first_missing != pair.sent + 1)
        wrong("messages to a living process are lost", {.what = kind::sent,
                                                        .who = ends.first,
                                                        .other = ends.second,
                                                        .number = pair.first_missing});
  }

  // A process that waits does nothing else, goes on in time and not early, or ends, and
  // then what its coroutines hold is released first.
  void check_waits() {
    std::map<int, event> waiting;
    std::map<int, int> held;
    for (const auto& each : trace) {
      const auto wait = waiting.find(each.who);
      const bool waits = wait != waiting.end();
      if (waits && each.what != kind::goes_on && each.what != kind::left
          && each.what != kind::exited)
        wrong("a process that waits does something else", each);
      if (each.what == kind::goes_on && !waits)
        wrong("a process goes on that does not wait", each);
      if (each.what == kind::goes_on && waits && each.number == 1
          && each.when < wait->second.when)
        wrong("a wait ends early", each);
      if (each.what == kind::waits)
        waiting.emplace(each.who, each);
      if (each.what == kind::goes_on || each.what == kind::exited)
        waiting.erase(each.who);
      if (each.what == kind::entered)
        ++held[each.who];
      if (each.what == kind::left)
        --held[each.who];
      if (each.what == kind::exited && held[each.who] != 0)
        wrong("a process exits before its coroutines", each);
      if (each.what == kind::stray)
        wrong("something strange came", each);
    }
    for (const auto& [who, since] : waiting)
      if (is_alive(who))
        wrong("a wait never ends", since);
  }

  // Nobody survives `kill`, or another exit signal that it does not trap; one that is
  // trapped is seen.
  void check_exit_signals() {
    std::map<int, bool> traps; // of those who decide it for life
    std::map<std::pair<int, int>, int> unseen_signals;
    for (const auto& each : trace)
      if (each.what == kind::begun)
        traps.emplace(each.who, each.number == 1);
    for (const auto& each : trace) {
      if (each.what == kind::exit_seen)
        --unseen_signals[{each.other, each.who}];
      if (each.what != kind::exit_sent || !is_alive(each.other))
        continue;
      const auto target = traps.find(each.other);
      if (each.reason == "kill" || (target != traps.end() && !target->second))
        wrong("a process survives an exit signal", each);
      else if (target != traps.end())
        ++unseen_signals[{each.who, each.other}];
    }
    for (const auto& [pair, count] : unseen_signals)
      if (count > 0 && is_alive(pair.second))
        wrong("an exit signal that is trapped is lost",
              {.what = kind::exit_sent, .who = pair.first, .other = pair.second});
  }

  // After a process's end was heard of by a monitor, nothing of it arrives any more,
  // unless a wait for that took it out of the mailbox.
  void check_ends() {
    std::set<std::pair<int, int>> over;
    for (const auto& each : trace) {
      if (each.what == kind::received && over.contains({each.other, each.who}))
        wrong("a message arrives after the end of its sender", each);
      if (each.what == kind::down && each.number == 0)
        over.insert({each.other, each.who});
    }
  }

  // A monitor is answered once, with the right reason, when its target is dead, and never
  // else.
  void check_monitors() {
    std::map<runtime::reference, event> open;
    std::set<runtime::reference> ended;
    for (const auto& each : trace) {
      if (each.what == kind::monitored)
        open.emplace(each.ref, each);
      if (each.what == kind::demonitored)
        ended.insert(each.ref);
      if (each.what != kind::down)
        continue;
      if (ended.contains(each.ref))
        wrong("a down arrives after demonitor or for the second time", each);
      ended.insert(each.ref);
      if (is_alive(each.other))
        wrong("a down of a process that lives", each);
      else if (each.reason != "noproc" && exits[each.other] != unseen
               && each.reason != exits[each.other])
        wrong("a down with a wrong reason", each);
    }
    for (const auto& [ref, made] : open)
      if (!ended.contains(ref) && is_alive(made.who) && !is_alive(made.other))
        wrong("a monitor of a dead process was never answered", made);
  }

  // A timer is never early, fires once, not after it was cancelled, and does fire.
  void check_timers() {
    std::map<int, event> running;
    std::set<int> over;
    for (const auto& each : trace) {
      if (each.what == kind::timer_set)
        running.emplace(each.number, each);
      if (each.what == kind::timer_ended && !over.insert(each.number).second)
        wrong("a timer is cancelled after it ended", each);
      if (each.what != kind::timer_fired)
        continue;
      if (!over.insert(each.number).second)
        wrong("a timer fires after it ended", each);
      if (each.when < running[each.number].when)
        wrong("a timer is early", each);
    }
    for (const auto& [number, set] : running)
      if (!over.contains(number) && is_alive(set.other))
        wrong("a timer never fired", set);
  }

  // A name belongs to a process that lives.
  void check_names() {
    for (int i = 0; i < 3; ++i) {
      const auto who = finished.node.whereis("name" + std::to_string(i));
      if (who && !is_alive(finished.number_of(who)))
        found.push_back("a name belongs to a dead process");
    }
  }
};

} // namespace

std::vector<std::string> violations(const world& finished) {
  checker check{finished};
  check.check_exits();
  check.check_messages();
  check.check_waits();
  check.check_exit_signals();
  check.check_ends();
  check.check_monitors();
  check.check_timers();
  check.check_names();
  return std::move(check.found);
}

} // namespace random_programs
