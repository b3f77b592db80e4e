// Plain CAF actors beside processes: monitors, links and exits, on threads.
#include "websock/runtime/address/system_message.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/interop/caf_lab.hpp"

#include <thread>

namespace runtime = websock::runtime;

using runtime::pid;
using runtime::process;
using runtime::to_actor;
using runtime::to_pid;
using tests::caf_lab;
using tests::exits;

namespace {

/// Two lines in no order between them.
std::vector<std::string> two(caf_lab& lab) {
  std::vector<std::string> lines{lab.heard.take(), lab.heard.take()};
  std::sort(lines.begin(), lines.end());
  return lines;
}

using lines = std::vector<std::string>;

/// Ends `who` from outside and waits until it has ended.
void end(caf_lab& lab, const caf::actor& who) {
  caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
  REQUIRE(lab.heard.take() == "actor ended: shutdown");
}
void end(caf_lab& lab, const pid& who) {
  lab.node.exit(who, runtime::reason::shutdown);
  REQUIRE(lab.heard.take() == "process ended: shutdown");
}

} // namespace

TEST_CASE("a CAF actor that monitors a process gets its exit reason") {
  const auto why = GENERATE(values<runtime::exit_reason>(
      {runtime::reason::normal, runtime::reason::shutdown, runtime::reason::shutdown("x"),
       runtime::reason::error("boom"), runtime::reason::of(7)}));
  CAPTURE(to_string(why));
  caf_lab lab;
  const auto subject = lab.process();
  lab.in(lab.actor(),
         [&](caf::event_based_actor* self) { self->monitor(to_actor(subject)); });
  runtime::send(subject, tests::order{[why](process&) { process::exit(why); }});
  CHECK(two(lab) == lines{"down " + to_string(why), "process ended: " + to_string(why)});
}

TEST_CASE("a CAF actor that monitors a dead process gets a down_msg at once") {
  caf_lab lab;
  const auto subject = lab.process();
  end(lab, subject);
  lab.in(lab.actor(),
         [&](caf::event_based_actor* self) { self->monitor(to_actor(subject)); });
  CHECK(lab.heard.take() == "down shutdown");
}

TEST_CASE("a process that monitors a CAF actor gets a down with its reference") {
  caf_lab lab;
  const auto subject = lab.actor();
  runtime::reference ref;
  tests::channel<runtime::down> downs;
  class watcher final : public runtime::behaviour {
  public:
    watcher(pid who, runtime::reference& ref, tests::channel<runtime::down>& downs)
        : who_(std::move(who)), ref_(ref), downs_(downs) {}
    void on_start() override { ref_ = self().monitor(who_); }
    void on_message(runtime::term message) override {
      downs_.put(message.get<runtime::down>());
    }

  private:
    const pid who_;
    runtime::reference& ref_;
    tests::channel<runtime::down>& downs_;
  };
  lab.node.spawn<watcher>(to_pid(subject), std::ref(ref), std::ref(downs));
  // Told by a third party at any moment: the down comes, from the monitor or as noproc.
  end(lab, subject);
  const auto gone = downs.take();
  CHECK(gone.ref == ref);
  CHECK(gone.who == to_pid(subject));
  CHECK((gone.reason == runtime::reason::shutdown
         || gone.reason == runtime::exit_reason(runtime::reason::noproc)));
}

TEST_CASE("a process that monitors a dead CAF actor gets noproc") {
  caf_lab lab;
  const auto subject = lab.actor();
  end(lab, subject);
  lab.in(lab.process(),
         [&](process& self) { static_cast<void>(self.monitor(to_pid(subject))); });
  CHECK(lab.heard.take() == "down noproc");
}

TEST_CASE("each monitor of a CAF actor is its own, and a demonitored one is silent") {
  caf_lab lab;
  const auto subject = lab.actor();
  const auto watching = lab.process();
  lab.in(watching, [&](process& self) {
    const auto first = self.monitor(to_pid(subject));
    static_cast<void>(self.monitor(to_pid(subject)));
    const auto third = self.monitor(to_pid(subject));
    CHECK(self.demonitor(first));
    CHECK_FALSE(self.demonitor(first));
    CHECK(self.demonitor_flush(third));
  });
  caf::anon_send_exit(subject, caf::exit_reason::user_shutdown);
  CHECK(two(lab) == lines{"actor ended: shutdown", "down shutdown"});
  lab.settle(watching);
  CHECK(lab.heard.empty());
}

TEST_CASE(
    "a linked process and CAF actor: whoever linked, the end of one reaches the other") {
  caf_lab lab;
  const bool process_links = GENERATE(true, false);
  const auto link = [&](const pid& ours, const caf::actor& theirs) {
    if (process_links)
      lab.in(ours, [&](process& self) { self.link(to_pid(theirs)); });
    else
      lab.in(theirs,
             [&](caf::event_based_actor* self) { self->link_to(to_actor(ours)); });
    lab.settle(ours);
  };
  SECTION("the process ends, the actor traps") {
    const auto ours = lab.process();
    link(ours, lab.actor(exits::are_messages));
    runtime::send(ours,
                  tests::order{[](process&) { process::exit(runtime::reason::of(7)); }});
    CHECK(two(lab) == lines{"exit_msg 7", "process ended: 7"});
  }
  SECTION("the process ends, the actor does not trap") {
    const auto ours = lab.process();
    link(ours, lab.actor());
    runtime::send(ours, tests::order{[](process&) { throw std::runtime_error("boom"); }});
    CHECK(two(lab) == lines{"actor ended: error: boom", "process ended: error: boom"});
  }
  SECTION("the actor ends, the process traps") {
    const auto theirs = lab.actor();
    link(lab.process(exits::are_messages), theirs);
    caf::anon_send_exit(theirs, caf::exit_reason::user_shutdown);
    CHECK(two(lab) == lines{"actor ended: shutdown", "exit_signal shutdown"});
  }
  SECTION("the actor ends, the process does not trap") {
    const auto theirs = lab.actor();
    link(lab.process(), theirs);
    caf::anon_send_exit(theirs, caf::exit_reason::user_shutdown);
    CHECK(two(lab) == lines{"actor ended: shutdown", "process ended: shutdown"});
  }
  SECTION("the actor ends normally, which ends nobody else") {
    const auto theirs = lab.actor();
    const auto ours = lab.process();
    link(ours, theirs);
    lab.in(theirs, [](caf::event_based_actor* self) { self->quit(); });
    CHECK(lab.heard.take() == "actor ended: normal");
    lab.settle(ours);
    CHECK(ours.is_alive());
  }
  SECTION("the process is killed, which a trapping actor survives") {
    const auto ours = lab.process();
    const auto theirs = lab.actor(exits::are_messages);
    link(ours, theirs);
    lab.node.exit(ours, runtime::reason::kill);
    CHECK(two(lab) == lines{"exit_msg killed", "process ended: killed"});
    caf::anon_send(theirs, 1);
    CHECK(lab.heard.take() == "int 1");
  }
  SECTION("the actor is killed, which a trapping process survives") {
    const auto ours = lab.process(exits::are_messages);
    const auto theirs = lab.actor();
    link(ours, theirs);
    caf::anon_send_exit(theirs, caf::exit_reason::kill);
    CHECK(two(lab) == lines{"actor ended: kill", "exit_signal killed"});
    runtime::send(ours, 1);
    CHECK(lab.heard.take() == "1");
  }
}

TEST_CASE("a process that links to a dead CAF actor gets noproc") {
  caf_lab lab;
  const auto dead = lab.actor();
  end(lab, dead);
  lab.in(lab.process(exits::are_messages),
         [&](process& self) { self.link(to_pid(dead)); });
  CHECK(lab.heard.take() == "exit_signal noproc");
}

TEST_CASE("a CAF actor that links to a dead process gets its exit") {
  caf_lab lab;
  const auto dead = lab.process();
  end(lab, dead);
  lab.in(lab.actor(exits::are_messages),
         [&](caf::event_based_actor* self) { self->link_to(to_actor(dead)); });
  CHECK(lab.heard.take() == "exit_msg shutdown");
}

TEST_CASE("after unlink, from either side, no end reaches the other") {
  caf_lab lab;
  const bool process_links = GENERATE(true, false);
  const bool process_unlinks = GENERATE(true, false);
  const bool process_ends = GENERATE(true, false);
  CAPTURE(process_links, process_unlinks, process_ends);
  const auto ours = lab.process(exits::are_messages);
  const auto theirs = lab.actor(exits::are_messages);
  if (process_links)
    lab.in(ours, [&](process& self) { self.link(to_pid(theirs)); });
  else
    lab.in(theirs, [&](caf::event_based_actor* self) { self->link_to(to_actor(ours)); });
  lab.settle(ours);
  if (process_unlinks)
    lab.in(ours, [&](process& self) { self.unlink(to_pid(theirs)); });
  else
    lab.in(theirs,
           [&](caf::event_based_actor* self) { self->unlink_from(to_actor(ours)); });
  lab.settle(ours);
  if (process_ends) {
    lab.in(ours, [&](process& self) { self.exit(self.pid(), runtime::reason::kill); });
    CHECK(lab.heard.take() == "process ended: killed");
    lab.settle(theirs);
  } else {
    lab.in(theirs, [](caf::event_based_actor* self) {
      self->quit(caf::exit_reason::user_shutdown);
    });
    CHECK(lab.heard.take() == "actor ended: shutdown");
    lab.settle(ours);
  }
  CHECK(lab.heard.empty());
}

TEST_CASE("a link that was undone may be made again") {
  caf_lab lab;
  const auto ours = lab.process(exits::are_messages);
  const auto theirs = lab.actor();
  for (int i = 0; i < 3; ++i)
    lab.in(ours, [&](process& self) {
      self.link(to_pid(theirs));
      self.unlink(to_pid(theirs));
      self.link(to_pid(theirs));
      self.link(to_pid(theirs));
    });
  caf::anon_send_exit(theirs, caf::exit_reason::user_shutdown);
  CHECK(two(lab) == lines{"actor ended: shutdown", "exit_signal shutdown"});
  lab.settle(ours);
  CHECK(lab.heard.empty());
}

TEST_CASE("an exit that a CAF actor sends is an exit signal from that actor") {
  caf_lab lab;
  const auto sending = lab.actor();
  SECTION("trapped") {
    const auto ours = lab.process(exits::are_messages);
    lab.in(sending, [&](caf::event_based_actor* self) {
      self->send_exit(to_actor(ours), caf::exit_reason::user_shutdown);
    });
    CHECK(lab.heard.take() == "exit_signal shutdown");
  }
  SECTION("not trapped") {
    const auto ours = lab.process();
    lab.in(sending, [&](caf::event_based_actor* self) {
      self->send_exit(to_actor(ours), caf::exit_reason::user_shutdown);
    });
    CHECK(lab.heard.take() == "process ended: shutdown");
  }
  SECTION("kill, which cannot be trapped") {
    caf::anon_send_exit(to_actor(lab.process(exits::are_messages)),
                        caf::exit_reason::kill);
    CHECK(lab.heard.take() == "process ended: killed");
  }
}

TEST_CASE("an exit signal of a process reaches a CAF actor") {
  caf_lab lab;
  const auto ours = lab.process();
  SECTION("trapped") {
    const auto theirs = lab.actor(exits::are_messages);
    lab.in(ours, [&](process& self) {
      self.exit(to_pid(theirs), runtime::reason::shutdown("x"));
    });
    CHECK(lab.heard.take() == "exit_msg {shutdown, \"x\"}");
  }
  SECTION("not trapped") {
    const auto theirs = lab.actor();
    lab.in(ours,
           [&](process& self) { self.exit(to_pid(theirs), runtime::reason::of(7)); });
    CHECK(lab.heard.take() == "actor ended: 7");
  }
  SECTION("kill, which cannot be trapped") {
    const auto theirs = lab.actor(exits::are_messages);
    lab.in(ours,
           [&](process& self) { self.exit(to_pid(theirs), runtime::reason::kill); });
    CHECK(lab.heard.take() == "actor ended: kill");
  }
  SECTION("from the node") {
    lab.node.exit(to_pid(lab.actor()), runtime::reason::shutdown);
    CHECK(lab.heard.take() == "actor ended: shutdown");
  }
}

TEST_CASE("the end of a CAF actor never overtakes what it sent before") {
  caf_lab lab;
  // The process stays in one turn until the actor is gone: its messages wait outside
  // meanwhile.
  const auto outlive = [&](process& self) {
    const auto say_one = [](caf::event_based_actor* me, const caf::actor& to) {
      me->send(to, 1);
    };
    const auto theirs = lab.node.actor_system().spawn(say_one, to_actor(self.pid()));
    tests::channel<bool> ended;
    theirs->attach_functor([&] { ended.put(true); });
    static_cast<void>(ended.take());
    return to_pid(theirs);
  };
  SECTION("monitor") {
    lab.in(lab.process(),
           [&](process& self) { static_cast<void>(self.monitor(outlive(self))); });
    CHECK(lab.heard.take() == "1");
    CHECK(lab.heard.take() == "down noproc");
  }
  SECTION("link") {
    lab.in(lab.process(exits::are_messages),
           [&](process& self) { self.link(outlive(self)); });
    CHECK(lab.heard.take() == "1");
    CHECK(lab.heard.take() == "exit_signal noproc");
  }
}
