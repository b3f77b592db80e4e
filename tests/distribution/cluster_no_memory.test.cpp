// Makes each allocation of signals between two stepped nodes fail in turn: who lives
// hears of the end of whatever it is tied to, and nothing is left.
#include "websock/runtime/address/node_events.hpp"
#include "websock/runtime/distribution/hub.hpp"
#include "websock/runtime/distribution/testing/loopback.hpp"
#include "websock/runtime/process.hpp"
#include "websock/runtime/process/publication_routes.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"

#include <functional>
#include <memory>
#include <string>

namespace runtime = websock::runtime;
namespace distribution = websock::runtime::distribution;

using namespace std::chrono_literals;
using distribution::testing::loopback;
using runtime::name_at;
using runtime::pid;
using runtime::term;
using runtime::testing::stepped_node;

namespace {

using work = std::function<void(runtime::process&)>;

/// Does what it is told, and counts what it hears.
class worker final : public runtime::behaviour {
public:
  struct heard {
    int exits = 0;
    int downs = 0;
    int ups = 0;
    int node_downs = 0;
    pid last;
  };
  explicit worker(heard& all) : all_(all) {}

private:
  void on_start() override { self().trap_exit(true); }
  void on_message(term message) override {
    message.match(
        [&](const work& todo) { todo(self()); }, [&](const pid& who) { all_.last = who; },
        [&](const runtime::exit_signal&) { ++all_.exits; },
        [&](const runtime::down&) { ++all_.downs; },
        [&](const runtime::node_up&) { ++all_.ups; },
        [&](const runtime::node_down&) { ++all_.node_downs; }, [](runtime::otherwise) {});
  }
  heard& all_;
};

/// Says its pid when asked.
class target final : public runtime::behaviour {
  void on_start() override { self().register_name("target"); }
  void on_message(term message) override {
    message.match([&](const pid& asks) { runtime::send(asks, self().pid()); },
                  [](runtime::otherwise) {});
  }
};

class stepped_member {
public:
  stepped_member(std::uint64_t seed, loopback& net, const std::string& host,
                 std::vector<std::string> others)
      : node(seed, {.shards = 1, .pool_threads = 1}) {
    runtime::cluster_options options;
    options.name = "x@" + host;
    options.cookie_variable = "UNUSED";
    options.ports = runtime::port_mapper::no_epmd;
    options.port = 9'000;
    options.nodes = std::move(others);
    options.exported_names = {"target"};
    const std::shared_ptr<distribution::network> links(&net.at(host), [](auto*) {});
    hub = std::make_shared<distribution::hub>(node, options,
                                              distribution::cookie::from_text("secret"),
                                              distribution::hub_networks{links, links});
    hub->start();
    node.node().extension<runtime::detail::publication_routes>().add(hub);
    node.node().set_gate(hub.get());
  }
  ~stepped_member() {
    node.node().extension<runtime::detail::publication_routes>().remove(*hub);
    node.node().set_gate(nullptr);
    hub->close();
  }
  stepped_member(const stepped_member&) = delete;
  stepped_member& operator=(const stepped_member&) = delete;

  stepped_node node;
  std::shared_ptr<distribution::hub> hub;
};

/// Two members that are connected; `acting` has the pid of a process of the other one.
struct scene {
  scene() {
    acting = a.node.spawn<worker>(std::ref(heard));
    watching = a.node.spawn<worker>(std::ref(watched));
    there = b.node.spawn<target>();
    a.hub->watch_nodes(watching);
    run();
    runtime::send(acting, work([](runtime::process& self) {
                    self.send(name_at{"target", "x@hb"}, self.pid());
                  }));
    run();
    remote = std::exchange(heard.last, {});
    REQUIRE(remote.is_remote());
  }
  ~scene() {
    remote = {};
    heard.last = {};
  }
  void run() { net.run_until_idle(a.node, b.node); }
  /// What one node does by itself; whether any allocation has failed meanwhile.
  bool run_without_memory(std::size_t first, std::size_t count) {
    const tests::failing_allocations now(first, count);
    a.node.run_until_idle();
    return now.has_failed();
  }
  [[nodiscard]] std::size_t posted() {
    return a.hub->find_node("x@hb").figures().small.posted();
  }

  loopback net{1};
  stepped_member a{2, net, "ha", {}};
  stepped_member b{3, net, "hb", {"x@ha:9000"}};
  worker::heard heard;
  worker::heard watched;
  pid acting;
  pid watching;
  pid there;
  pid remote;
};

} // namespace

TEST_CASE("ties with another node end with an answer, memory or not") {
  tests::fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    runtime::send(on.acting, work([&on](runtime::process& self) {
                    static_cast<void>(self.monitor(on.remote));
                    self.link(on.remote);
                    self.unlink(on.remote);
                    self.link(on.remote);
                    self.send(on.remote, std::string(100, 'x'));
                    static_cast<void>(self.monitor(name_at{"target", "x@hb"}));
                    self.send(name_at{"target", "x@hb"}, std::string(100, 'x'));
                    static_cast<void>(self.send_request(on.remote, 1min, 1));
                  }));
    const bool has_failed = on.run_without_memory(first, count);
    on.run();
    runtime::send(on.acting, 1); // counts as nothing
    on.b.node.node().exit(on.there, runtime::reason::kill);
    on.run();
    REQUIRE(on.posted() == 0);
    if (on.acting.is_alive()) {
      REQUIRE(on.heard.exits == 1);
      REQUIRE(on.heard.downs == 2);
    }
    REQUIRE(on.a.hub->find_node("x@hb").its_peer().tied() == 0);
    return has_failed;
  });
}

TEST_CASE("the loss of a node is told to everybody, memory or not") {
  tests::fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    runtime::send(on.acting, work([&on](runtime::process& self) {
                    for (int i = 0; i < 3; ++i)
                      static_cast<void>(self.monitor(on.remote));
                    self.link(on.remote);
                  }));
    on.run();
    REQUIRE(on.watched.ups == 1);
    on.a.hub->find_node("x@hb").its_peer().give_up();
    const bool has_failed = on.run_without_memory(first, count);
    on.run();
    if (on.acting.is_alive()) { // who has no memory for its message dies of it
      REQUIRE(on.heard.exits == 1);
      REQUIRE(on.heard.downs == 3);
    }
    if (on.watching.is_alive())
      REQUIRE(on.watched.node_downs == 1);
    on.b.node.advance(1s);
    on.run();
    REQUIRE(on.a.hub->find_node("x@hb").figures().is_connected); // b tries again
    return has_failed;
  });
}

TEST_CASE("what is left of a lost node is told in parts") {
  scene on;
  runtime::send(on.acting, work([&on](runtime::process& self) {
                  for (int i = 0; i < 5'000; ++i)
                    static_cast<void>(self.monitor(on.remote));
                }));
  on.run();
  auto& peer = on.a.hub->find_node("x@hb").its_peer();
  peer.disconnect("a test");
  CHECK(peer.phase() == distribution::peer_phase::parting);
  CHECK(on.watched.node_downs == 0);
  on.a.node.run_until_idle();
  CHECK(on.heard.downs == 5'000);
  CHECK(on.watched.node_downs == 1);
  CHECK(peer.phase() == distribution::peer_phase::pausing);
}

TEST_CASE("a request leaves no alias behind that others could send to") {
  scene on;
  runtime::reference id;
  runtime::send(on.acting, work([&](runtime::process& self) {
                  id = self.send_request(on.remote, 1min, 1);
                }));
  on.run();
  REQUIRE(id);
  CHECK_FALSE(on.a.hub->exported_alias(on.a.hub->local_view(id)).owner);
}

TEST_CASE("a request to a node that can't be reached leaves nothing behind") {
  scene on;
  auto& peer = on.a.hub->find_node("x@hb").its_peer();
  peer.disconnect("a test");
  runtime::send(on.acting, work([&](runtime::process& self) {
                  static_cast<void>(self.send_request(on.remote, 1min, 1));
                }));
  on.a.node.run_until_idle();
  CHECK(peer.tied() == 0);
}

TEST_CASE("signals without memory give the node up, and need none for that") {
  scene on;
  runtime::send(on.acting, work([&on](runtime::process& self) {
                  static_cast<void>(self.monitor(on.remote));
                }));
  on.run();
  {
    const tests::failing_allocations now(0, 1'000);
    runtime::detail::find_remote(on.remote)->lose();
    on.a.hub->lose(name_at{"x", "x@hb"});
  }
  on.run();
  CHECK(on.heard.downs == 1);
}
