// What must hold for the trace of any program, whatever the schedule.
#include "runtime/process.hpp"

#include "tests/runtime/random_program.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace random_programs {

namespace {

using kind = event::kind;

constexpr const char* unseen = "(unseen)";

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
      if (!finished.at(i).local()->is_alive())
        exits.emplace(i, unseen);
  }

  // Messages of a pair arrive in order, each once, and all of them at a receiver that
  // lives.
  void check_messages() {
    std::map<std::pair<int, int>, int> last;
    std::map<std::pair<int, int>, int> sent;
    for (const auto& each : trace) {
      if (each.what == kind::sent)
        sent[{each.who, each.other}] = each.number;
      if (each.what != kind::received)
        continue;
      int& before = last[{each.other, each.who}];
      if (each.number != before + 1)
        wrong("a message is out of order, lost or there twice", each);
      before = each.number;
    }
    for (const auto& [pair, count] : sent)
      if (is_alive(pair.second) && last[pair] != count)
        wrong("messages to a living process are lost", {.what = kind::sent,
                                                        .who = pair.first,
                                                        .other = pair.second,
                                                        .number = count});
  }

  // After a process's end was heard of by a monitor, nothing of it arrives any more.
  void check_ends() {
    std::set<std::pair<int, int>> over;
    for (const auto& each : trace) {
      if (each.what == kind::received && over.contains({each.other, each.who}))
        wrong("a message arrives after the end of its sender", each);
      if (each.what == kind::down)
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
  check.check_ends();
  check.check_monitors();
  check.check_timers();
  check.check_names();
  return std::move(check.found);
}

} // namespace random_programs
