// What a node tells its listeners of the nodes around it: on stepped nodes.
#include "websock/runtime/telemetry/event.hpp"
#include "websock/runtime/telemetry/runtime_events.hpp"

#include "tests/distribution/stepped_cluster.hpp"

#include <string>
#include <vector>

using namespace tests;
namespace events = runtime::events;

namespace {

using lines = std::vector<std::string>;

/// Two nodes, and what is told on the first: `cluster.node_up b`.
struct scene {
  scene() {
    nodes.node(0).node().events().attach(
        "test", {events::node_up, events::node_down}, [this](const runtime::event& what) {
          told.push_back(std::string(what.name.text().substr(8)) + " "
                         + what.find<std::string>("node")->substr(0, 1));
          if (const auto* why = what.find<std::string>("reason"))
            reasons.push_back(*why);
        });
  }
  ~scene() { nodes.node(0).node().events().detach("test"); }
  scene(const scene&) = delete;
  scene& operator=(const scene&) = delete;

  void connect() {
    nodes.cluster(0).connect(nodes.name(1));
    nodes.advance(2s);
  }

  lines told;
  lines reasons;
  stepped_cluster nodes{1};
};

} // namespace

TEST_CASE("a node tells that another is connected, and that it no longer is") {
  scene it;
  CHECK(it.told == lines{});
  it.connect();
  CHECK(it.told == lines{"cluster.node_up b"});
  it.nodes.cluster(0).disconnect(it.nodes.name(1));
  it.nodes.run_until_idle();
  CHECK(it.told == lines{"cluster.node_up b", "cluster.node_down b"});
  CHECK(it.reasons.size() == 1);
}

TEST_CASE("a node that leaves and comes back is told down once, and up again") {
  scene it;
  it.connect();
  it.nodes.leave(1);
  it.nodes.run_until_idle();
  CHECK(it.told == lines{"cluster.node_up b", "cluster.node_down b"});
  it.nodes.rejoin(1);
  it.nodes.advance(30s); // it pauses first
  it.connect();
  CHECK(it.told
        == lines{"cluster.node_up b", "cluster.node_down b", "cluster.node_up b"});
  REQUIRE(it.reasons.size() == 1);
  CHECK_FALSE(it.reasons.front().empty());
}
