// What must not be left of a connection that is over: on stepped nodes.
#include "websock/runtime/address/remote_gate.hpp"

#include "tests/distribution/scenario.hpp"

using namespace tests;
using runtime::name_at;
namespace reason = runtime::reason;

namespace {

/// Links, monitors and requests of a node's processes with others.
std::size_t ties_of(stepped_cluster& nodes, std::size_t i) {
  auto& hub = static_cast<runtime::distribution::hub&>(*nodes.node(i).node().gate());
  std::size_t sum = 0;
  for (auto* const each : hub.known_nodes())
    sum += each->its_peer().tied();
  return sum;
}

} // namespace

TEST_CASE("what arrives after a disconnect is not heard") {
  scenario on;
  const auto there = on.as_a_knows(on.other.pid());
  on.nodes.cluster(1).monitor_nodes(on.other.pid());
  for (int i = 0; i < 50; ++i) {
    on.me.in_process([&](process& self) { self.send(there, 0); });
    static_cast<void>(scenario::heard(on.other, 2s)); // connected again
    runtime::send(there, 1);
    for (int left = i; left > 0; --left)
      on.nodes.step();
    on.nodes.cluster(1).disconnect(node_a);
    bool is_down = false;
    on.nodes.run_until_idle();
    while (on.other.receive(
        0s, [&](const runtime::node_down&) { is_down = true; },
        [&](int) { CHECK_FALSE(is_down); }, [](const runtime::node_up&) {}))
      continue;
    CHECK(is_down);
    on.nodes.advance(2s);
  }
}

TEST_CASE("a request to a node that can't be reached is answered, and forgotten") {
  scenario on;
  on.nodes.cut(0, 1);
  for (int i = 0; i < 3; ++i)
    on.me.in_process([](process& self) {
      static_cast<void>(self.send_request(name_at{"other", node_b}, 1s, 1));
    });
  on.nodes.run_until_idle();
  CHECK(ties_of(on.nodes, 0) == 0);
}

TEST_CASE("the processes of a node's former life are dead to others") {
  scenario on;
  const auto old = on.as_a_knows(on.other.pid());
  on.nodes.leave(1);
  on.nodes.run_until_idle();
  on.nodes.rejoin(1);
  on.nodes.advance(2s);
  const auto now = on.as_a_knows(on.other.pid());
  CHECK(now != old);
  runtime::send(old, 1);
  static_cast<void>(on.me.monitor(old));
  on.me.link(old);
  on.me.exit(old, reason::kill);
  CHECK(scenario::heard(on.me) == lines{"DOWN b noproc", "EXIT b noproc"});
  CHECK(scenario::heard(on.other).empty());
  runtime::send(now, 2);
  CHECK(scenario::heard(on.other) == lines{"2"});
}

TEST_CASE("after each cut and heal pids are equal and work") {
  scenario on;
  const auto there = on.as_a_knows(on.other.pid());
  for (int i = 0; i < 250; ++i) {
    static_cast<void>(on.me.monitor(there));
    on.me.link(there);
    on.nodes.cut(0, 1);
    CHECK(scenario::heard(on.me, 1ms)
          == lines{"EXIT b noconnection", "DOWN b noconnection"});
    on.nodes.heal(0, 1);
    on.nodes.advance(2s);
    runtime::send(there, i);
    CHECK(scenario::heard(on.other) == lines{"EXIT a noconnection", std::to_string(i)});
    CHECK(on.as_a_knows(on.other.pid()) == there);
  }
  CHECK(ties_of(on.nodes, 0) == 0);
  CHECK(ties_of(on.nodes, 1) == 0);
}
