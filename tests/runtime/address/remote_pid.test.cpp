// Pids of processes of other nodes: what they are, what can be sent to them, and what
// only a process of this node can do.
#include "websock/runtime/address/name_table.hpp"
#include "websock/runtime/interop/caf.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/registry/process_group.hpp"
#include "websock/runtime/registry/process_info.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/support/fake_remote.hpp"
#include "tests/support/puppet.hpp"

#include <stdexcept>
#include <unordered_set>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::name_at;
using runtime::not_transmissible;
namespace detail = runtime::detail;

TEST_CASE("a pid of another node is a pid like any other") {
  STATIC_REQUIRE(sizeof(pid) == sizeof(void*));
  fake_node there;
  stepped_node node(1);
  const pid local = node.spawn<puppet>();
  const pid one = there.process();
  const pid two = there.process();
  CHECK(one);
  CHECK(one.is_remote());
  CHECK(one.is_foreign());
  CHECK_FALSE(local.is_remote());
  CHECK_FALSE(local.is_foreign());
  CHECK_FALSE(pid().is_remote());
  CHECK(to_string(one) == "<b@host.1.0>");
  const pid copy = one; // NOLINT(performance-unnecessary-copy-initialization)
  CHECK(copy == one);
  CHECK(one != two);
  CHECK(one != local);
  CHECK(local < one);
  CHECK(one < two);
  CHECK(std::unordered_set<pid>{one, two, copy, local}.size() == 3);
  CHECK(detail::find_remote(one)->node_name() == "b@host");
  CHECK(detail::find_remote(local) == nullptr);
  CHECK(detail::find_remote(pid()) == nullptr);
}

TEST_CASE("what a pid of another node points to lives as long as the pids do") {
  fake_node there;
  pid one = there.process();
  auto* const object = detail::find_remote(one);
  pid copy = one;
  one = {};
  CHECK(there.objects() == 1);
  CHECK(object->try_retain());
  copy = {};
  CHECK(there.objects() == 1);
  { const pid last = detail::adopt(*object); }
  CHECK(there.objects() == 0);
}

TEST_CASE("a message to a process of another node goes there") {
  fake_node there;
  stepped_node node(1);
  tester me(node);
  const pid one = there.process();
  runtime::send(one, 1);
  runtime::send(one, runtime::term("two", 2));
  me.in_process([&](process& self) { self.send(one, std::string("three")); });
  CHECK(there.heard()
        == lines{"<b@host.1.0> send 1", "<b@host.1.0> send {\"two\", 2}",
                 "<b@host.1.0> send \"three\""});
  CHECK_THROWS_AS(runtime::send(one, secret{}), not_transmissible);
  CHECK_THROWS_AS(runtime::send(one, secret{}), std::invalid_argument);
}

TEST_CASE("an exit signal to a process of another node goes there") {
  fake_node there;
  stepped_node node(1);
  tester me(node);
  const pid one = there.process();
  me.exit(one, runtime::reason::kill);
  node.node().exit(one, runtime::reason::of(7));
  CHECK(there.heard()
        == lines{line_of(one, "exit", me.pid()) + " kill", "<b@host.1.0> exit <none> 7"});
  CHECK_THROWS_AS(me.exit(one, runtime::reason::of(secret{})), not_transmissible);
}

TEST_CASE("what only a process of this node can do throws") {
  fake_node there;
  stepped_node node(1);
  tester me(node);
  const pid one = there.process();
  CHECK_THROWS_WITH(one.is_alive(),
                    "is_alive: <b@host.1.0> is a process of another node");
  CHECK_THROWS_AS(node.node().register_name("one", one), std::invalid_argument);
  CHECK_THROWS_AS(runtime::info(one), std::invalid_argument);
  CHECK_THROWS_AS(runtime::to_actor(one), std::invalid_argument);
  runtime::process_group::scope scope;
  CHECK_THROWS_WITH(scope.join("g", {one}),
                    "join(\"g\", <b@host.1.0>): not a process of this node");
  const auto throws = [&](auto work) {
    return raises<std::invalid_argument>(me, [&](process& self) { work(self); });
  };
  CHECK(throws([&](process& self) { self.send_after(1ms, one, 1); }));
  CHECK(throws([&](process& self) { self.start_timer(1ms, one, 1); }));
  CHECK(throws([&](process& self) { self.send_interval(1ms, one, 1); }));
  CHECK(throws([&](process& self) { runtime::request_info(self, one); }));
  CHECK(there.heard().empty());
  CHECK(scope.leave("g", {one}) == runtime::process_group::leave_result::not_joined);
}

TEST_CASE("a name on a node is a value") {
  const name_at name{"svc", "b@host"};
  CHECK(name == name_at{"svc", "b@host"});
  CHECK(name != name_at{"svc", "c@host"});
  CHECK(name != name_at{"other", "b@host"});
  CHECK(to_string(name) == "{svc, b@host}");
  CHECK(to_string(runtime::down{runtime::reference(1), {}, "svc", {}, "b@host"})
        == "down{#Ref<1>, {svc, b@host}, normal}");
}

TEST_CASE(
    "without a cluster a node has Erlang's name for that, and others are unreachable") {
  stepped_node node(1);
  tester me(node);
  CHECK(node.node().name() == "nonode@nohost");
  node.node().register_name("me", me.pid());
  const name_at here{"me", "nonode@nohost"};
  node.node().send(here, 1);
  me.in_process([&](process& self) { self.send(here, 2); });
  node.node().send(name_at{"me", "b@host"}, 3);
  node.node().send(name_at{"nobody", "nonode@nohost"}, 4);
  CHECK(me.flush(1ms) == lines{"1", "2"});
}

TEST_CASE("a message to a name on another node goes through the gate") {
  fake_node there;
  fake_gate gate(there);
  stepped_node node(1);
  tester me(node);
  node.node().set_gate(&gate);
  CHECK(node.node().name() == "a@host");
  node.node().register_name("me", me.pid());
  node.node().send(name_at{"me", "a@host"}, 1);
  node.node().send(name_at{"svc", "b@host"}, 2);
  me.in_process([](process& self) { self.send(name_at{"svc", "b@host"}, 3); });
  CHECK(me.flush(1ms) == lines{"1"});
  CHECK(there.heard()
        == lines{"{svc, b@host} send <none> 2",
                 "{svc, b@host} send " + to_string(me.pid()) + " 3"});
  CHECK_THROWS_AS(node.node().send(name_at{"svc", "b@host"}, secret{}),
                  not_transmissible);
  node.node().set_gate(nullptr);
  node.node().send(name_at{"svc", "b@host"}, 4);
  CHECK(there.heard().empty());
}
