// Process groups: pg's behaviour beyond the recorded scenarios, and many shards at once.
#include "websock/runtime/registry/process_group.hpp"

#include "websock/runtime/registry/remote_membership.hpp"
#include "websock/runtime/server/thread_process.hpp"
#include "websock/runtime/testing/tester.hpp"

#include "tests/catch.hpp"
#include "tests/support/fake_remote.hpp"
#include "tests/support/puppet.hpp"

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::reference;
using runtime::process_group::leave_result;
using runtime::process_group::scope;

namespace {

using pids = std::vector<pid>;

reference monitor(tester& me, scope& of, const char* group) {
  return me.in_process([&](process& self) { return of.monitor(self, group).ref; });
}

reference monitor_scope(tester& me, scope& of) {
  return me.in_process([&](process& self) { return of.monitor_scope(self).ref; });
}

/// An event as the tester shows it, such as `event("left", ref, "g", {p})`.
std::string event(const char* what, reference ref, const std::string& group,
                  const pids& who) {
  std::string text = std::string(what) + "{" + to_string(ref) + ", \"" + group + "\", [";
  for (std::size_t i = 0; i < who.size(); ++i)
    text += (i == 0 ? "" : ", ") + to_string(who[i]);
  return text + "]}";
}

} // namespace

TEST_CASE("those who join together keep their order before all who were there") {
  stepped_node node(1);
  scope groups;
  const pid a = node.spawn<puppet>();
  const pid b = node.spawn<puppet>();
  const pid c = node.spawn<puppet>();
  groups.join("g", pids{a, b});
  groups.join("g", c);
  groups.join("g", pids{a, a});
  CHECK(groups.members("g") == pids{a, a, c, a, b});
  CHECK(groups.leave("g", a) == leave_result::ok);
  CHECK(groups.members("g") == pids{a, c, a, b});
  groups.join("h", pids{b, c, b});
  CHECK(groups.leave("h", b) == leave_result::ok);
  CHECK(groups.members("h") == pids{c, b});
}

TEST_CASE("a leave counts when one of the processes had joined, and tells all of them") {
  stepped_node node(1);
  tester me(node);
  scope groups;
  const pid a = node.spawn<puppet>();
  const pid x = node.spawn<puppet>();
  groups.join("g", pids{a, a});
  const auto ref = monitor(me, groups, "g");
  CHECK(groups.leave("g", pids{x}) == leave_result::not_joined);
  CHECK(groups.leave("g", pids{}) == leave_result::not_joined);
  CHECK(groups.leave("other", a) == leave_result::not_joined);
  CHECK(groups.leave("g", pids{x, a, a, a}) == leave_result::ok);
  CHECK(groups.members("g").empty());
  CHECK(me.flush(10ms) == lines{event("left", ref, "g", {x, a, a, a})});
}

TEST_CASE(
    "a monitor of the scope is told first, then those of the group, the last first") {
  stepped_node node(1);
  tester me(node);
  scope groups;
  const auto first = monitor(me, groups, "g");
  const auto whole = monitor_scope(me, groups);
  const auto last = monitor(me, groups, "g");
  groups.join("g", me.pid());
  groups.join("h", me.pid());
  CHECK(me.flush(10ms)
        == lines{event("joined", whole, "g", {me.pid()}),
                 event("joined", last, "g", {me.pid()}),
                 event("joined", first, "g", {me.pid()}),
                 event("joined", whole, "h", {me.pid()})});
}

TEST_CASE(
    "who exits leaves its groups one by one, the last joined first, before its down") {
  const auto seed = any_schedule();
  stepped_node node(seed);
  tester me(node);
  scope groups;
  const pid p = node.spawn<puppet>();
  for (const auto* group : {"g2", "g", "g2", "g3"})
    groups.join(group, p);
  const auto ref = monitor_scope(me, groups);
  const auto of_p = me.monitor(p);
  me.exit(p, runtime::reason::kill);
  CHECK(me.flush(10ms)
        == lines{event("left", ref, "g3", {p}), event("left", ref, "g2", {p}),
                 event("left", ref, "g", {p}), event("left", ref, "g2", {p}),
                 "down{" + to_string(of_p) + ", " + to_string(p) + ", killed}"});
  CHECK(groups.which_groups().empty());
}

TEST_CASE("a dead process joins and leaves at once, one of another node is refused") {
  stepped_node node(1);
  tester me(node);
  scope groups;
  const auto ref = monitor(me, groups, "g");
  const pid dead = node.spawn([](process&) {});
  me.sleep(10ms);
  groups.join("g", dead);
  CHECK(me.flush(10ms)
        == lines{event("joined", ref, "g", {dead}), event("left", ref, "g", {dead})});
  CHECK(groups.members("g").empty());
  CHECK_THROWS_AS(groups.join("g", pid()), std::invalid_argument);
}

TEST_CASE("demonitor takes out what the monitor has sent and not what others have") {
  stepped_node node(1);
  tester me(node);
  scope groups;
  me.in_process([&](process& self) {
    const auto ended = groups.monitor(self, "g").ref;
    const auto kept = groups.monitor(self, "g").ref;
    groups.join("g", self.pid());
    CHECK(groups.demonitor(self, ended));
    CHECK_FALSE(groups.demonitor(self, ended));
    CHECK_FALSE(groups.demonitor(self, reference()));
    static_cast<void>(kept);
  });
  CHECK(me.flush(10ms).size() == 1);
}

TEST_CASE("any process may end a monitor, and its own end does so too") {
  stepped_node node(1);
  tester me(node);
  scope groups;
  const auto ref = monitor(me, groups, "g");
  {
    tester other(node);
    CHECK(other.in_process([&](process& self) { return groups.demonitor(self, ref); }));
    static_cast<void>(monitor(other, groups, "g"));
    static_cast<void>(monitor_scope(other, groups));
  }
  me.sleep(10ms);
  groups.join("g", me.pid());
  CHECK(me.flush(10ms).empty());
}

TEST_CASE("an event is heard of before what its cause sends afterwards") {
  const auto seed = any_schedule();
  stepped_node node(seed);
  tester me(node);
  scope groups;
  const auto ref = monitor(me, groups, "g");
  const pid p = node.spawn<puppet>([&, to = me.pid()](process& self) {
    groups.join("g", self.pid());
    self.send(to, 1);
  });
  CHECK(me.flush(10ms) == lines{event("joined", ref, "g", {p}), "1"});
}

TEST_CASE("scopes know nothing of each other, and may go before their members") {
  stepped_node node(1);
  tester me(node);
  scope groups;
  {
    scope others;
    others.join("g", me.pid());
    CHECK(groups.members("g").empty());
  }
  groups.join("g", me.pid());
  CHECK(groups.which_groups() == lines{"g"});
}

TEST_CASE("the events of processes on many shards add up to who is there") {
  runtime::node node({.shards = 4, .pool_threads = 1});
  runtime::thread_process me(node);
  scope groups;
  static_cast<void>(
      me.in_process([&](process& self) { return groups.monitor_scope(self).ref; }));
  constexpr int processes = 100;
  std::vector<pid> all;
  for (int i = 0; i < processes; ++i)
    all.push_back(node.spawn<puppet>(tests::body([&](process& self) {
      groups.join("g", self.pid());
      groups.join("h", self.pid());
      static_cast<void>(groups.members("g"));
      static_cast<void>(groups.leave("h", self.pid()));
    })));
  for (const auto& each : all)
    me.exit(each, runtime::reason::kill); // perhaps before it has started
  for (const auto& each : all)
    static_cast<void>(me.monitor(each));
  for (int i = 0; i < processes; ++i)
    CHECK(me.receive(60s, [](const runtime::down&) {}));
  int present = 0;
  while (me.receive(0ms, [&](const runtime::process_group::joined&) { ++present; }))
    continue;
  while (me.receive(0ms, [&](const runtime::process_group::left&) { --present; }))
    continue;
  CHECK(present == 0);
  CHECK(groups.which_groups().empty());
}

TEST_CASE("an event that is made beside the monitor overtakes none of another thread") {
  stepped_node node(1);
  tester me(node);
  scope groups;
  const pid a = node.spawn<puppet>();
  reference of_group;
  reference of_scope;
  const auto elsewhere = [](auto work) { std::thread(std::move(work)).join(); };
  me.in_process([&](process& self) {
    of_group = groups.monitor(self, "g").ref;
    of_scope = groups.monitor_scope(self).ref;
    elsewhere([&] { groups.join("g", a); });
    elsewhere([&] { groups.join("h", a); });
    groups.leave("g", a);
    self.send(self.pid(), std::string("later"));
    elsewhere([&] { groups.leave("h", a); });
  });
  CHECK(me.flush(10ms)
        == lines{event("joined", of_scope, "g", {a}), event("joined", of_scope, "h", {a}),
                 event("left", of_scope, "g", {a}), event("joined", of_group, "g", {a}),
                 event("left", of_group, "g", {a}), "\"later\"",
                 event("left", of_scope, "h", {a})});
}

TEST_CASE("events that a monitor does not live to see are freed") {
  stepped_node node(1);
  scope groups;
  const pid a = node.spawn<puppet>();
  const auto watcher = node.spawn<puppet>([&](process& self) {
    static_cast<void>(groups.monitor_scope(self));
    std::thread([&] { groups.join("g", a); }).join();
    self.exit(self.pid(), runtime::reason::normal);
  });
  while (watcher.is_alive())
    REQUIRE(node.step());
  node.step();
  CHECK(groups.leave("g", a) == leave_result::ok);
}

TEST_CASE("processes of other nodes are members among others, but not local ones") {
  using runtime::detail::remote_membership;
  fake_node there;
  stepped_node node(1);
  tester me(node);
  scope groups;
  const pid a = node.spawn<puppet>();
  const pid r = there.process();
  const auto seen = monitor_scope(me, groups);
  groups.join("g", a);
  remote_membership::join(groups, "g", {r, r});
  groups.join("g", a);
  CHECK(groups.members("g") == pids{a, r, r, a});
  CHECK(groups.local_members("g") == pids{a, a});
  CHECK(groups.leave("g", r) == leave_result::not_joined);
  CHECK(groups.leave("g", pids{r, a}) == leave_result::ok);
  CHECK(groups.members("g") == pids{r, r, a});
  remote_membership::leave(groups, "g", {r});
  remote_membership::leave(groups, "h", {r});
  const auto ended = me.monitor(a);
  me.exit(a, runtime::reason::kill);
  CHECK(me.receive(10ms, [&](const runtime::down& gone) { CHECK(gone.ref == ended); }));
  CHECK(groups.members("g") == pids{r});
  CHECK(groups.local_members("g").empty());
  remote_membership::leave(groups, "g", {r});
  CHECK(groups.which_groups().empty());
  CHECK(me.flush(10ms)
        == lines{event("joined", seen, "g", {a}), event("joined", seen, "g", {r, r}),
                 event("joined", seen, "g", {a}), event("left", seen, "g", {a}),
                 event("left", seen, "g", {r}), event("left", seen, "g", {a}),
                 event("left", seen, "g", {r})});
}
