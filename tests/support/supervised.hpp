// Child processes for tests of supervisors, and what the test hears from them and their
// supervisor.
#pragma once

#include "websock/runtime/server/gen_server.hpp"
#include "websock/runtime/supervisor/supervisor_calls.hpp"
#include "websock/runtime/testing/tester.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

namespace supervised {

using namespace std::chrono_literals;
using runtime::exit_reason;
using runtime::pid;
using runtime::testing::stepped_node;
using runtime::testing::tester;
using lines = std::vector<std::string>;

/// An exit reason that prints as its name.
struct atom {
  std::string name;
  friend bool operator==(const atom&, const atom&) = default;
  friend std::string to_string(const atom& value) { return value.name; }
};
inline exit_reason named(std::string name) {
  return runtime::reason::of(atom{std::move(name)});
}

/// Casts to a worker.
struct stop_with {
  exit_reason why;
};
struct exit_with {
  exit_reason why;
};

/// How a worker behaves, and which process it reports to.
struct nature {
  pid told;
  enum class exits : bool { untrapped, trapped } exits = exits::untrapped;
  std::shared_ptr<int> attempts = nullptr; // if set, counts its starts
  int succeed = 1'000'000;                 // this many starts succeed; later ones fail
};
inline constexpr auto trapping = nature::exits::trapped;
inline constexpr auto plain = nature::exits::untrapped;

/// A server that reports its init, its terminate and the exit signals it receives.
class worker final : public runtime::gen_server {
public:
  worker(std::string name, nature what)
      : name_(std::move(name)), nature_(std::move(what)) {}

private:
  runtime::server_result init() override {
    self().trap_exit(nature_.exits == trapping);
    if (nature_.attempts && ++*nature_.attempts > nature_.succeed) {
      tell("init_fail " + name_);
      return runtime::stop(named("init_failed"));
    }
    tell("start " + name_);
    return runtime::noreply();
  }
  runtime::server_result handle_cast(runtime::term request) override {
    return request.match(
        [](const stop_with& each) { return runtime::stop(each.why); },
        [](const exit_with& each) -> runtime::server_result {
          runtime::process::exit(each.why);
        },
        [](runtime::otherwise) -> runtime::server_result { return runtime::noreply(); });
  }
  runtime::server_result handle_info(runtime::term info) override {
    if (const auto* signal = info.get_if<runtime::exit_signal>())
      tell("handle_info " + name_ + " EXIT " + to_string(signal->reason));
    return runtime::noreply();
  }
  void terminate(const exit_reason& why) override {
    tell("terminate " + name_ + " " + to_string(why));
  }
  void tell(std::string line) { self().send(nature_.told, std::move(line)); }

  const std::string name_;
  const nature nature_;
};

/// Takes `needs` to stop, without blocking its shard; with `infinity` it never stops.
class slow final : public runtime::behaviour {
public:
  slow(std::string name, pid told, runtime::duration needs)
      : name_(std::move(name)), told_(std::move(told)), needs_(needs) {}

private:
  struct done {};
  void on_start() override {
    self().trap_exit(true);
    self().send(told_, "start " + name_);
  }
  void on_message(runtime::term message) override {
    message.match(
        [&](const runtime::exit_signal& signal) {
          why_ = signal.reason;
          if (needs_ != runtime::infinity)
            self().send_after(needs_, self(), done{});
        },
        [&](done) {
          self().send(told_, "terminate " + name_ + " " + to_string(why_));
          runtime::process::exit(why_);
        });
  }

  const std::string name_;
  const pid told_;
  const runtime::duration needs_;
  exit_reason why_;
};

/// A worker as a child spec.
inline runtime::child_spec ch(std::string name, const tester& me,
                              enum nature::exits exits = plain,
                              runtime::child_options options = {}) {
  return runtime::child<worker>(name, options, name, nature{me.pid(), exits});
}

inline runtime::child_spec slow_ch(std::string name, const tester& me,
                                   runtime::duration needs,
                                   runtime::child_options options = {}) {
  return runtime::child<slow>(name, options, name, me.pid(), needs);
}

/// What the test receives within `limit`: the children's lines, exits and downs, in
/// order.
inline lines events(tester& me, runtime::duration limit = 20ms) {
  lines heard;
  me.sleep(limit);
  while (me.receive(
      0s, [&](const std::string& line) { heard.push_back(line); },
      [&](const runtime::exit_signal& signal) {
        heard.push_back("EXIT " + to_string(signal.reason));
      },
      [&](const runtime::down& gone) {
        heard.push_back("DOWN " + to_string(gone.reason));
      }))
    continue;
  return heard;
}

/// Starts a supervisor, then discards the reports of its children's starts.
inline pid started(tester& me, runtime::supervisor_options options) {
  const auto sup = runtime::start_supervisor(me, std::move(options)).process;
  events(me);
  return sup;
}

inline lines sorted(lines some) {
  std::sort(some.begin(), some.end());
  return some;
}

/// A child's pid; empty if it is not running.
inline pid child_pid(tester& me, const pid& supervisor, const std::string& id) {
  for (const auto& each : runtime::which_children(me, supervisor))
    if (each.id == id)
      return each.process;
  return {};
}

/// `A: running, B: undefined`, in the order of which_children.
inline lines ids(tester& me, const pid& supervisor) {
  lines found;
  for (const auto& each : runtime::which_children(me, supervisor))
    found.push_back(each.id);
  return found;
}

/// How many log lines from supervisors have this context.
inline std::size_t reports(const stepped_node& node, const std::string& context) {
  return static_cast<std::size_t>(std::count_if(
      node.log_lines().begin(), node.log_lines().end(), [&](const std::string& line) {
        return line.starts_with("supervisor ")
               && line.find(": " + context + ": ") != std::string::npos;
      }));
}

} // namespace supervised
