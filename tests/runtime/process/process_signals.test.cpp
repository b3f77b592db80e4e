// Links, monitors and exits without threads, as Erlang/OTP was observed to handle them.
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace runtime = websock::runtime;

using runtime::pid;
using runtime::process;
using runtime::testing::stepped_node;

namespace {

using lines = std::vector<std::string>;

struct order {
  std::function<void(process&)> run;
};

/// Does what it is sent; writes down everything else that it gets.
class subject final : public runtime::behaviour {
public:
  subject(lines& seen, std::string name) : seen_(seen), name_(std::move(name)) {}

private:
  void on_message(runtime::term message) override {
    message.match(
        [&](const order& todo) { todo.run(self()); },
        [&](const runtime::down& gone) { say("down " + to_string(gone.reason)); },
        [&](const runtime::exit_signal& signal) {
          say("exit " + to_string(signal.reason));
        },
        [&](const runtime::term& other) { say(to_string(other)); });
  }
  void on_exit(const runtime::exit_reason& why) noexcept override {
    say("ended " + to_string(why));
  }
  void say(const std::string& what) { seen_.push_back(name_ + ": " + what); }

  lines& seen_;
  const std::string name_;
};

struct lab {
  explicit lab(std::uint64_t seed) : node(seed) {}

  enum class exits : bool { end_it, are_messages };
  pid process(std::string name, exits trap = exits::end_it) {
    const auto added = node.spawn<subject>(std::ref(seen), std::move(name));
    in(added,
       [=](runtime::process& self) { self.trap_exit(trap == exits::are_messages); });
    return added;
  }
  /// Runs `work` in `who`, and then everybody until nothing is left to do.
  void in(const pid& who, std::function<void(runtime::process&)> work) {
    runtime::send(who, order{std::move(work)});
    node.run_until_idle();
  }

  lines seen;
  stepped_node node;
};

constexpr auto trapping = lab::exits::are_messages;

} // namespace

TEST_CASE("a process that links and monitors another hears of the exit first, then of "
          "the down") {
  lab run(GENERATE(range(1U, 5U)));
  const pid target = run.process("target");
  run.in(run.process("watcher", trapping), [&](process& self) {
    static_cast<void>(self.monitor(target));
    self.link(target);
  });
  run.in(target, [](process&) { process::exit(runtime::reason::of(1)); });
  CHECK(run.seen == lines{"target: ended 1", "watcher: exit 1", "watcher: down 1"});
}

TEST_CASE("the downs of several monitors arrive in the order in which they were set up") {
  lab run(GENERATE(range(1U, 5U)));
  const pid target = run.process("target");
  std::vector<runtime::reference> set;
  std::vector<runtime::reference> heard;
  class watcher final : public runtime::behaviour {
  public:
    watcher(pid target, std::vector<runtime::reference>& set,
            std::vector<runtime::reference>& heard)
        : target_(std::move(target)), set_(set), heard_(heard) {}
    void on_start() override {
      for (int i = 0; i < 40; ++i)
        set_.push_back(self().monitor(target_));
    }
    void on_message(runtime::term message) override {
      heard_.push_back(message.get<runtime::down>().ref);
    }

  private:
    const pid target_;
    std::vector<runtime::reference>& set_;
    std::vector<runtime::reference>& heard_;
  };
  run.node.spawn<watcher>(target, std::ref(set), std::ref(heard));
  run.node.run_until_idle();
  run.in(target, [](process&) { process::exit(runtime::reason::normal); });
  CHECK(heard.size() == 40);
  CHECK((heard == set));
}

TEST_CASE("how a process ends decides what its links see") {
  lab run(GENERATE(range(1U, 4U)));
  const pid target = run.process("target");
  const pid other = run.process("other");
  const pid trap = run.process("trap", trapping);
  run.in(other, [&](process& self) { self.link(target); });
  run.in(trap, [&](process& self) { self.link(target); });
  const auto saw = [&](const std::string& line) {
    return std::count(run.seen.begin(), run.seen.end(), line);
  };
  SECTION("normal: only who traps hears of it") {
    run.in(target, [](process&) { process::exit(runtime::reason::normal); });
    CHECK(run.seen.size() == 2);
    CHECK(saw("trap: exit normal") == 1);
  }
  SECTION("with the reason kill, which is not the signal kill") {
    run.in(target, [](process&) { process::exit(runtime::reason::kill); });
    CHECK(saw("trap: exit kill") == 1);
    CHECK(saw("other: ended kill") == 1);
  }
  SECTION("by the signal kill: killed") {
    run.node.node().exit(target, runtime::reason::kill);
    run.node.run_until_idle();
    CHECK(saw("target: ended killed") == 1);
    CHECK(saw("trap: exit killed") == 1);
    CHECK(saw("other: ended killed") == 1);
  }
}

TEST_CASE("an exit signal that a process sends to itself") {
  lab run(1);
  const auto why = GENERATE(
      values<runtime::exit_reason>({runtime::reason::normal, runtime::reason::shutdown,
                                    runtime::reason::of(7), runtime::reason::kill}));
  const bool traps = GENERATE(true, false);
  CAPTURE(to_string(why), traps);
  const pid one = run.process("one", traps ? trapping : lab::exits::end_it);
  run.in(one, [&](process& self) { self.exit(self.pid(), why); });
  if (why == runtime::exit_reason(runtime::reason::kill))
    CHECK(run.seen == lines{"one: ended killed"});
  else if (traps)
    CHECK(run.seen == lines{"one: exit " + to_string(why)});
  else
    CHECK(run.seen == lines{"one: ended " + to_string(why)});
}

TEST_CASE("an exit signal and a message sent after it are handled in that order, or not "
          "at all") {
  lab run(GENERATE(range(1U, 5U)));
  const pid sender = run.process("sender");
  const pid trap = run.process("trap", trapping);
  const pid other = run.process("other");
  for (const pid& to : {trap, other})
    run.in(sender, [&](process& self) {
      self.exit(to, runtime::reason::of(1));
      self.send(to, 2);
    });
  CHECK(run.seen == lines{"trap: exit 1", "trap: 2", "other: ended 1"});
}

TEST_CASE("exit normal of another process does nothing unless it is trapped") {
  lab run(GENERATE(range(1U, 3U)));
  const pid sender = run.process("sender");
  const pid trap = run.process("trap", trapping);
  const pid other = run.process("other");
  run.in(sender, [&](process& self) {
    self.exit(trap, runtime::reason::normal);
    self.exit(other, runtime::reason::normal);
  });
  CHECK(run.seen == lines{"trap: exit normal"});
  CHECK(other.is_alive());
}

TEST_CASE("an exit that is in the mailbox when its link is undone stays there") {
  lab run(1);
  const pid target = run.process("target");
  const pid trap = run.process("trap", trapping);
  run.in(trap, [&](process& self) { self.link(target); });
  runtime::send(trap, order{[&](process& self) {
                  self.exit(self.pid(), runtime::reason::of(1));
                  self.unlink(target);
                }});
  run.node.run_until_idle();
  CHECK(run.seen == lines{"trap: exit 1"});
}

TEST_CASE("an exit goes down a chain of links and stops at who traps") {
  lab run(GENERATE(range(1U, 4U)));
  const pid first = run.process("first", trapping);
  const pid second = run.process("second");
  const pid third = run.process("third");
  run.in(first, [&](process& self) { self.link(second); });
  run.in(second, [&](process& self) { self.link(third); });
  run.in(third, [](process&) { process::exit(runtime::reason::of(1)); });
  CHECK(run.seen == lines{"third: ended 1", "second: ended 1", "first: exit 1"});
}

TEST_CASE("linking to oneself has no effect") {
  lab run(1);
  const pid one = run.process("one");
  run.in(one, [](process& self) { self.link(self.pid()); });
  run.in(one, [](process& self) { self.send(self.pid(), 1); });
  CHECK(run.seen == lines{"one: 1"});
}

TEST_CASE("the end of who monitors is nothing to who is monitored") {
  lab run(1);
  const pid target = run.process("target");
  const pid watcher = run.process("watcher");
  run.in(watcher, [&](process& self) { static_cast<void>(self.monitor(target)); });
  run.in(watcher, [](process&) { process::exit(runtime::reason::of(1)); });
  CHECK(run.seen == lines{"watcher: ended 1"});
  CHECK(target.is_alive());
}

TEST_CASE("a monitor of a name says the name; of nobody's name it answers noproc") {
  lab run(GENERATE(range(1U, 3U)));
  const pid target = run.process("target");
  run.node.node().register_name("known", target);
  std::vector<runtime::down> downs;
  class watcher final : public runtime::behaviour {
  public:
    explicit watcher(std::vector<runtime::down>& downs) : downs_(downs) {}
    void on_start() override {
      static_cast<void>(self().monitor("known"));
      static_cast<void>(self().monitor("unknown"));
    }
    void on_message(runtime::term message) override {
      downs_.push_back(message.get<runtime::down>());
    }

  private:
    std::vector<runtime::down>& downs_;
  };
  run.node.spawn<watcher>(std::ref(downs));
  run.node.run_until_idle();
  REQUIRE(downs.size() == 1);
  CHECK(downs[0].name == "unknown");
  CHECK(downs[0].reason == runtime::exit_reason(runtime::reason::noproc));
  run.in(target, [](process&) { process::exit(runtime::reason::normal); });
  REQUIRE(downs.size() == 2);
  CHECK(downs[1].name == "known");
  CHECK(downs[1].who == target);
  CHECK(downs[1].reason.is_normal());
}
