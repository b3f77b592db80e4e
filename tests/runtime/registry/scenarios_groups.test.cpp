// Recorded scenarios: process groups, publish and subscribe, and the registry.
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/registry/process_group.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/registry/registry.hpp"
#include "websock/runtime/testing/tester.hpp"

#include "tests/catch.hpp"
#include "tests/support/puppet.hpp"

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::registry;
using runtime::process_group::leave_result;

namespace pubsub = runtime::pubsub;
namespace process_group = runtime::process_group;

namespace {

using pids = std::vector<pid>;

std::string event(const char* what, runtime::reference ref, const char* group,
                  const std::string& who) {
  return std::string(what) + "{" + to_string(ref) + ", \"" + group + "\", [" + who + "]}";
}

std::size_t subscribers(stepped_node& node, std::string_view topic) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < node.node().shard_count(); ++i)
    count += node.node().shard_at(i).topics().subscribers(topic);
  return count;
}

void end(const pid& who) {
  tell(who, [](process& self) { self.exit(runtime::reason::normal); });
}

} // namespace

TEST_CASE("a process is in a group as often as it has joined and not left",
          "[pg-basic]") {
  stepped_node node(any_schedule());
  tester me(node);
  process_group::scope scope;
  scope.join("g", me.pid());
  scope.join("g", me.pid());
  CHECK(scope.members("g") == pids{me.pid(), me.pid()});
  CHECK(scope.leave("g", me.pid()) == leave_result::ok);
  CHECK(scope.members("g") == pids{me.pid()});
  CHECK(scope.leave("g", me.pid()) == leave_result::ok);
  CHECK(scope.leave("g", me.pid()) == leave_result::not_joined);
  CHECK(scope.members("nogroup").empty());
  CHECK(scope.which_groups().empty());
}

TEST_CASE("the members of a group are those who joined last first",
          "[pg-members-order]") {
  stepped_node node(any_schedule());
  process_group::scope scope;
  const pid a = node.spawn<puppet>();
  const pid b = node.spawn<puppet>();
  const pid c = node.spawn<puppet>();
  for (const auto& each : {a, b, c})
    scope.join("g", each);
  CHECK(scope.members("g") == pids{c, b, a});
  CHECK(scope.local_members("g") == scope.members("g"));
}

TEST_CASE("a monitor of a group hears of each join and leave, and of the end of a member",
          "[pg-monitor]") {
  stepped_node node(any_schedule());
  tester me(node);
  process_group::scope scope;
  const auto monitor =
      me.in_process([&](process& self) { return scope.monitor(self, "g"); });
  CHECK(monitor.members.empty());
  const pid p = node.spawn<puppet>();
  scope.join("g", pids{p, p});
  scope.join("g", p);
  CHECK(scope.leave("g", p) == leave_result::ok);
  end(p);
  const auto name = to_string(p);
  const auto left = event("left", monitor.ref, "g", name);
  CHECK(me.flush(60ms)
        == lines{event("joined", monitor.ref, "g", name + ", " + name),
                 event("joined", monitor.ref, "g", name), left, left, left});
  const auto demonitor = [&](process& self) {
    return scope.demonitor(self, monitor.ref);
  };
  CHECK(me.in_process(demonitor));
  scope.join("g", me.pid());
  CHECK(me.flush(30ms).empty());
  CHECK_FALSE(me.in_process(demonitor));
}

TEST_CASE("a monitor of a scope starts with all groups and hears of new ones, too",
          "[pg-monitor-scope]") {
  stepped_node node(any_schedule());
  tester me(node);
  process_group::scope scope;
  scope.join("g0", me.pid());
  const auto monitor =
      me.in_process([&](process& self) { return scope.monitor_scope(self); });
  scope.join("g1", me.pid());
  CHECK(scope.leave("g0", me.pid()) == leave_result::ok);
  CHECK(monitor.groups == std::map<std::string, pids>{{"g0", {me.pid()}}});
  CHECK(me.flush(50ms)
        == lines{event("joined", monitor.ref, "g1", to_string(me.pid())),
                 event("left", monitor.ref, "g0", to_string(me.pid()))});
}

TEST_CASE("who subscribes twice gets a broadcast twice, until it unsubscribes",
          "[pubsub-basic]") {
  stepped_node node(any_schedule());
  tester me(node);
  me.in_process([](process& self) {
    pubsub::subscribe(self, "t");
    pubsub::subscribe(self, "t");
    pubsub::broadcast(self, "t", 1);
  });
  CHECK(me.flush(30ms) == lines{"1", "1"});
  me.in_process([](process& self) { pubsub::broadcast_from(self, "t", 2); });
  CHECK(me.flush(30ms).empty());
  pubsub::broadcast(node.node(), "t", 3);
  CHECK(me.flush(30ms) == lines{"3", "3"});
  me.in_process([](process& self) {
    pubsub::unsubscribe(self, "t");
    pubsub::broadcast(self, "t", 4);
  });
  CHECK(me.flush(30ms).empty());
}

TEST_CASE("the subscriptions of a process end with it, those of others do not",
          "[pubsub-auto-unsubscribe]") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn<puppet>([](process& self) { pubsub::subscribe(self, "t"); });
  me.in_process([](process& self) { pubsub::subscribe(self, "t"); });
  me.sleep(20ms);
  CHECK(subscribers(node, "t") == 2);
  end(p);
  me.sleep(20ms);
  pubsub::broadcast_from(node.node(), p, "t", std::string("x"));
  CHECK(me.flush(30ms) == lines{"\"x\""});
  CHECK(subscribers(node, "t") == 1);
  pubsub::broadcast_from(node.node(), me.pid(), "t", std::string("y"));
  CHECK(me.flush(30ms).empty());
}

TEST_CASE("a subscriber gets the message that was broadcast and nothing around it",
          "[pubsub-message-bare]") {
  stepped_node node(any_schedule());
  tester me(node);
  me.in_process([](process& self) { pubsub::subscribe(self, "t"); });
  pubsub::broadcast(node.node(), "t", std::string("new"), 1);
  CHECK(me.flush(30ms) == lines{"{\"new\", 1}"});
}

TEST_CASE("a thousand broadcasts of one process arrive in the order sent",
          "[pubsub-order]") {
  stepped_node node(any_schedule());
  tester me(node);
  me.in_process([](process& self) { pubsub::subscribe(self, "t"); });
  node.spawn([](process& self) {
    for (int i = 1; i <= 1'000; ++i)
      pubsub::broadcast(self, "t", i);
  });
  lines expected;
  for (int i = 1; i <= 1'000; ++i)
    expected.push_back(std::to_string(i));
  CHECK((me.flush(150ms) == expected)); // not printed when it fails: it is long
}

TEST_CASE("dispatch sees the entries of a key in the order in which they were made",
          "[registry-duplicate-dispatch-order]") {
  stepped_node node(any_schedule());
  tester me(node);
  registry names(registry::keys_are::duplicate);
  pids registered;
  for (int i = 0; i < 3; ++i) {
    registered.push_back(node.spawn<puppet>(
        [&names](process& self) { CHECK(names.register_key(self, "t").is_ok()); }));
    me.sleep(10ms);
  }
  pids seen;
  names.dispatch("t", [&](const std::vector<registry::entry>& entries) {
    for (const auto& each : entries)
      seen.push_back(each.who);
  });
  CHECK(seen == registered);
}

TEST_CASE("a unique key is for one process, and free again when that has ended",
          "[registry-unique]") {
  stepped_node node(any_schedule());
  tester me(node);
  registry names(registry::keys_are::unique);
  me.in_process([&](process& self) {
    CHECK(names.register_key(self, "k", std::string("v")).is_ok());
  });
  node.spawn<puppet>([&names, to = me.pid()](process& self) {
    self.send(to, names.register_key(self, "k", std::string("w")).already_registered);
  });
  CHECK(me.receive(30ms, [](const pid& who) { return who; }) == me.pid());
  const auto found = names.lookup("k");
  CHECK(found
        == std::vector<registry::entry>{{me.pid(), runtime::term(std::string("v"))}});
  runtime::send(found.at(0).who, std::string("x"));

  const pid p = node.spawn<puppet>(
      [&names](process& self) { CHECK(names.register_key(self, "p").is_ok()); });
  me.sleep(20ms);
  CHECK(names.lookup("p") == std::vector<registry::entry>{{p, {}}});
  names.send("k", std::string("by name"));
  end(p);
  me.sleep(30ms);
  CHECK(me.flush(0ms) == lines{"\"x\"", "\"by name\""});
  CHECK(names.lookup("p").empty());
  CHECK_FALSE(names.whereis_name("p"));
  CHECK_THROWS_AS(names.send("p", std::string("x")), std::invalid_argument);
}
