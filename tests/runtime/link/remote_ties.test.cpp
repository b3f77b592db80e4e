// Links and monitors between processes of this node and of another, begun from either
// side, and what each hears of the other's exit.
#include "websock/runtime/address/exit_signals.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/registry/process_info.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/support/fake_remote.hpp"
#include "tests/support/puppet.hpp"

#include <new>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::name_at;
using runtime::reference;
namespace detail = runtime::detail;
namespace reason = runtime::reason;

namespace {

/// One process here, which the test is, and one there.
struct scene {
  scene() { node.run_until_idle(); }
  [[nodiscard]] lines links() {
    lines found;
    for (const auto& each :
         me.in_process([](process& self) { return runtime::info(self).links; }))
      found.push_back(to_string(each));
    return found;
  }

  fake_node there;
  fake_gate gate{there};
  stepped_node node{any_schedule()};
  tester me{node};
  pid one = there.process();
};

/// A process that is dead by now.
[[nodiscard]] pid dead_on(stepped_node& node) {
  const pid who = node.spawn<puppet>();
  node.node().exit(who, reason::shutdown);
  node.run_until_idle();
  return who;
}

} // namespace

TEST_CASE("a link with a process of another node counts at once, and once") {
  scene on;
  on.me.link(on.one);
  on.me.link(on.one);
  CHECK(on.there.heard() == lines{line_of(on.one, "link", on.me.pid())});
  CHECK(on.links() == lines{to_string(on.one)});
  detail::linked_exit(on.me.pid(), on.one, reason::of(7));
  detail::linked_exit(on.me.pid(), on.one, reason::of(8));
  CHECK(on.me.flush(1ms) == lines{"exit_signal{<b@host.1.0>, 7}"});
  CHECK(on.links().empty());
}

TEST_CASE("a link with a dead process there is answered with noproc, never thrown") {
  scene on;
  const pid local = on.node.spawn<puppet>();
  static_cast<void>(on.me.monitor(local));
  tell(local, [&](process& self) { self.link(on.one); });
  CHECK(reason_of_down(on.me, 1ms) == "alive");
  detail::linked_exit(local, on.one, reason::noproc);
  CHECK(reason_of_down(on.me, 1ms) == "noproc");
}

TEST_CASE("an exit signal of a link that is not there has no effect") {
  scene on;
  detail::linked_exit(on.me.pid(), on.one, reason::kill);
  CHECK(on.me.flush(1ms).empty());
}

TEST_CASE("an exit signal that is no link's counts without one") {
  scene on;
  detail::send_exit(on.me.pid(), on.one, reason::of(7));
  CHECK(on.me.flush(1ms) == lines{"exit_signal{<b@host.1.0>, 7}"});
  const pid local = on.node.spawn<puppet>();
  static_cast<void>(on.me.monitor(local));
  detail::send_exit(local, on.one, reason::normal);
  CHECK(reason_of_down(on.me, 1ms) == "alive");
  detail::send_exit(local, on.one, reason::kill);
  CHECK(reason_of_down(on.me, 1ms) == "killed");
}

TEST_CASE("a link of a killed process there ends one that does not trap exits") {
  scene on;
  const pid local = on.node.spawn<puppet>();
  static_cast<void>(on.me.monitor(local));
  tell(local, [&](process& self) { self.link(on.one); });
  on.node.run_until_idle();
  const auto why = GENERATE(values<runtime::exit_reason>(
      {reason::normal, reason::killed, reason::kill, reason::noconnection}));
  detail::linked_exit(local, on.one, why);
  CHECK(reason_of_down(on.me, 1ms) == (why.is_normal() ? "alive" : to_string(why)));
}

TEST_CASE("after unlink no exit signal of the link has any effect") {
  scene on;
  on.me.unlink(on.one); // no link: nothing to tell
  on.me.link(on.one);
  on.me.unlink(on.one);
  on.me.unlink(on.one);
  CHECK(on.links().empty());
  CHECK(on.there.heard()
        == lines{line_of(on.one, "link", on.me.pid()),
                 line_of(on.one, "unlink", on.me.pid())});
  detail::linked_exit(on.me.pid(), on.one, reason::of(7));
  CHECK(on.me.flush(1ms).empty());
}

TEST_CASE("until an unlink is acknowledged, links of the other side are void") {
  scene on;
  on.me.link(on.one);
  on.me.unlink(on.one);
  detail::link_from(on.me.pid(), on.one); // sent before the unlink got there
  on.node.run_until_idle();
  CHECK(on.links().empty());
  detail::acknowledge_unlink(on.me.pid(), on.one);
  on.node.run_until_idle();
  detail::link_from(on.me.pid(), on.one);
  on.node.run_until_idle();
  CHECK(on.links() == lines{to_string(on.one)});
}

TEST_CASE("each unlink waits for an acknowledgement of its own") {
  scene on;
  for (int i = 0; i < 2; ++i) {
    on.me.link(on.one);
    on.me.unlink(on.one);
  }
  detail::acknowledge_unlink(on.me.pid(), on.one);
  detail::link_from(on.me.pid(), on.one);
  on.node.run_until_idle();
  CHECK(on.links().empty());
  detail::acknowledge_unlink(on.me.pid(), on.one);
  detail::acknowledge_unlink(on.me.pid(), on.one); // more than there were: void
  detail::link_from(on.me.pid(), on.one);
  on.node.run_until_idle();
  CHECK(on.links().size() == 1);
}

TEST_CASE("a link again before the acknowledgement is a link") {
  scene on;
  on.me.link(on.one);
  on.me.unlink(on.one);
  on.me.link(on.one);
  CHECK(on.there.heard().size() == 3);
  detail::acknowledge_unlink(on.me.pid(), on.one);
  detail::linked_exit(on.me.pid(), on.one, reason::of(7));
  CHECK(on.me.flush(1ms) == lines{"exit_signal{<b@host.1.0>, 7}"});
}

TEST_CASE("a link that the other side begins ends either") {
  scene on;
  const pid local = on.node.spawn<puppet>();
  static_cast<void>(on.me.monitor(local));
  detail::link_from(local, on.one);
  on.node.run_until_idle();
  CHECK(on.there.heard().empty());
  SECTION("the local one exits") {
    on.node.node().exit(local, reason::of(7));
    CHECK(reason_of_down(on.me, 1ms) == "7");
    CHECK(on.there.heard() == lines{line_of(on.one, "link_ended", local) + " 7"});
  }
  SECTION("the remote one exits") {
    detail::linked_exit(local, on.one, reason::of(8));
    CHECK(reason_of_down(on.me, 1ms) == "8");
    CHECK(on.there.heard().empty());
  }
  SECTION("neither, once the other side has unlinked") {
    detail::unlink_from(local, on.one, 17);
    detail::linked_exit(local, on.one, reason::of(8));
    CHECK(reason_of_down(on.me, 1ms) == "alive");
    CHECK(on.there.heard()
          == lines{line_of(on.one, "unlink_acknowledged", local) + " 17"});
    on.node.node().exit(local, reason::of(7));
    CHECK(reason_of_down(on.me, 1ms) == "7");
    CHECK(on.there.heard().empty());
  }
}

TEST_CASE("the dead answer links, unlinks and monitors of the other side") {
  scene on;
  const pid dead = dead_on(on.node);
  const reference ref(77);
  detail::link_from(dead, on.one);
  detail::unlink_from(dead, on.one, 18);
  detail::monitor_from(dead, on.one, ref, {});
  detail::monitor_from(dead, on.one, ref, "svc");
  detail::demonitor_from(dead, ref);
  detail::acknowledge_unlink(dead, on.one);
  on.node.run_until_idle();
  const auto down = " monitor_ended down{#Ref<77>, ";
  CHECK(on.there.heard()
        == lines{line_of(on.one, "link_refused", dead),
                 line_of(on.one, "unlink_acknowledged", dead) + " 18",
                 to_string(on.one) + down + to_string(dead) + ", noproc}",
                 to_string(on.one) + down + "\"svc\", noproc}"});
  detail::monitor_from({}, on.one, ref, "nobody");
  CHECK(on.there.heard() == lines{to_string(on.one) + down + "\"nobody\", noproc}"});
}

TEST_CASE("a monitor of the other side hears of the exit once, unless it is undone") {
  scene on;
  const pid local = on.node.spawn<puppet>();
  detail::monitor_from(local, on.one, reference(77), {});
  detail::monitor_from(local, on.one, reference(78), "svc");
  detail::monitor_from(local, on.one, reference(79), {});
  detail::demonitor_from(local, reference(77));
  on.node.run_until_idle();
  on.node.node().exit(local, reason::of(7));
  on.node.run_until_idle();
  const auto down = to_string(on.one) + " monitor_ended down{";
  CHECK(on.there.heard()
        == lines{down + "#Ref<78>, \"svc\", 7}",
                 down + "#Ref<79>, " + to_string(local) + ", 7}"});
}

TEST_CASE("a monitor of a process there gets one down") {
  scene on;
  const auto ref = on.me.monitor(on.one);
  CHECK(on.there.heard() == lines{line_of(on.one, "monitor", on.me.pid(), ref)});
  const runtime::down gone{ref, on.one, {}, reason::noconnection};
  detail::monitored_exit(on.me.pid(), gone);
  detail::monitored_exit(on.me.pid(), gone);
  CHECK(on.me.flush(1ms) == lines{to_string(gone)});
  CHECK_FALSE(on.me.demonitor(ref));
  CHECK(on.there.heard().empty());
}

TEST_CASE("after demonitor no down comes") {
  scene on;
  const auto ref = on.me.monitor(on.one);
  CHECK(on.me.demonitor(ref));
  CHECK_FALSE(on.me.demonitor(ref));
  CHECK(on.there.heard()
        == lines{line_of(on.one, "monitor", on.me.pid(), ref),
                 line_of(on.one, "demonitor", on.me.pid(), ref)});
  detail::monitored_exit(on.me.pid(), {ref, on.one, {}, reason::of(7)});
  CHECK(on.me.flush(1ms).empty());
}

TEST_CASE("messages, the exit of a link and a down come in the order of arrival") {
  scene on;
  const auto ref = on.me.monitor(on.one);
  on.me.link(on.one);
  runtime::send(on.me.pid(), 1);
  detail::linked_exit(on.me.pid(), on.one, reason::of(7));
  detail::monitored_exit(on.me.pid(), {ref, on.one, {}, reason::of(7)});
  runtime::send(on.me.pid(), 2);
  const auto heard = on.me.flush(1ms);
  REQUIRE(heard.size() == 4);
  CHECK(heard[0] == "1");
  CHECK(heard[1] == "exit_signal{<b@host.1.0>, 7}");
  CHECK(heard[2].starts_with("down{"));
  CHECK(heard[3] == "2");
}

TEST_CASE("a monitor of a name on another node says the name and the node") {
  scene on;
  on.node.node().set_gate(&on.gate);
  const name_at name{"svc", "b@host"};
  const auto ref = on.me.monitor(name);
  const auto call = [&](const std::string& what) {
    return "{svc, b@host} " + what + ' ' + to_string(on.me.pid()) + ' ' + to_string(ref);
  };
  CHECK(on.there.heard() == lines{call("monitor")});
  SECTION("it exits") {
    detail::monitored_exit(on.me.pid(), {ref, {}, name.name, reason::of(7), name.node});
    CHECK(on.me.flush(1ms) == lines{"down{" + to_string(ref) + ", {svc, b@host}, 7}"});
  }
  SECTION("it is undone") {
    CHECK(on.me.demonitor(ref));
    CHECK(on.there.heard() == lines{call("demonitor")});
  }
  SECTION("the process exits that has it") {
    on.me.in_process([](process& self) {
      const auto& monitors = runtime::info(self).monitors;
      REQUIRE(monitors.size() == 1);
      CHECK(monitors[0] == runtime::process_info::monitored{{}, "svc", "b@host"});
    });
    on.node.node().exit(on.me.pid(), reason::kill);
    on.node.run_until_idle();
    CHECK(on.there.heard() == lines{call("demonitor")});
  }
}

TEST_CASE("a monitor of a name on this node is one here") {
  scene on;
  on.node.node().set_gate(&on.gate);
  const pid local = on.node.spawn<puppet>();
  on.node.node().register_name("svc", local);
  const auto one = on.me.monitor(name_at{"svc", "a@host"});
  const auto two = on.me.monitor(name_at{"nobody", "a@host"});
  on.me.in_process([](process& self) {
    CHECK(self.demonitor(self.monitor(name_at{"nobody", "a@host"})));
  });
  CHECK(on.me.flush(1ms)
        == lines{"down{" + to_string(two) + ", {nobody, a@host}, noproc}"});
  on.node.node().exit(local, reason::of(7));
  CHECK(on.me.flush(1ms) == lines{"down{" + to_string(one) + ", {svc, a@host}, 7}"});
  CHECK(on.there.heard().empty());
}

TEST_CASE("without a cluster a monitor of a name elsewhere says noconnection") {
  scene on;
  const auto ref = on.me.monitor(name_at{"svc", "b@host"});
  CHECK(on.me.flush(1ms)
        == lines{"down{" + to_string(ref) + ", {svc, b@host}, noconnection}"});
  bool was_active = false;
  on.me.in_process([&](process& self) {
    was_active = self.demonitor(self.monitor(name_at{"svc", "b@host"}));
  });
  CHECK(was_active);
  CHECK(on.me.flush(1ms).empty());
}

TEST_CASE("a tie that there is no memory for is none") {
  scene on;
  const auto fails = [&](auto work) {
    on.there.refuse(1);
    return raises<std::bad_alloc>(on.me, [&](process& self) { work(self); });
  };
  CHECK(fails([&](process& self) { self.link(on.one); }));
  CHECK(fails([&](process& self) { static_cast<void>(self.monitor(on.one)); }));
  CHECK(on.links().empty());
  CHECK(on.me.in_process([](process& self) { return runtime::info(self).monitors; })
            .empty());
  on.me.link(on.one);
  CHECK(fails([&](process& self) { self.unlink(on.one); }));
  CHECK(on.links().size() == 1);
  const auto ref = on.me.monitor(on.one);
  CHECK(fails([&](process& self) { self.demonitor(ref); }));
  CHECK(on.me.demonitor(ref));
  on.me.unlink(on.one);
  detail::acknowledge_unlink(on.me.pid(), on.one);
  detail::link_from(on.me.pid(), on.one);
  on.node.run_until_idle();
  CHECK(on.links().size() == 1); // the unlink that failed waits for nothing
  CHECK(on.there.times_lost() == 0);
}

TEST_CASE("an answer that there is no memory for gives up the connection") {
  scene on;
  const pid dead = dead_on(on.node);
  on.there.refuse(3);
  detail::link_from(dead, on.one);
  detail::unlink_from(dead, on.one, 18);
  detail::monitor_from(dead, on.one, reference(77), {});
  on.node.run_until_idle();
  CHECK(on.there.times_lost() == 3);
  CHECK(on.there.heard().empty());
}
