// Two nodes on sockets: what users of a cluster rely on first.
#include "websock/runtime/distribution/cluster.hpp"

#include "websock/runtime/gen_server.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/cluster_pair.hpp"
#include "tests/distribution/named_processes.hpp"

#include <thread>

using namespace tests;
using runtime::name_at;
using runtime::pid;
using runtime::term;
using runtime::thread_process;

namespace {

struct said {
  std::string who;
  std::string text;
};

/// Says its pid, and tells the test what is cast to it.
class cast_taker final : public runtime::gen_server {
public:
  explicit cast_taker(channel<int>& heard) : heard_(heard) {}

private:
  runtime::call_result handle_call(term, runtime::from) override {
    return runtime::reply(self().pid());
  }
  runtime::server_result handle_cast(term request) override {
    heard_.put(request.get<int>());
    return runtime::noreply();
  }

  channel<int>& heard_;
};

struct pair : cluster_pair<target> {
  pair() : cluster_pair({"target", "mirror"}) {}
};

} // namespace

TEST_CASE("a message to a name on another node connects the nodes and arrives") {
  pair nodes;
  const auto there = nodes.target_of_b();
  CHECK(there.is_remote());
  CHECK(nodes.a.cluster.nodes() == std::vector<std::string>{"b@127.0.0.1"});
  CHECK(nodes.b.cluster.nodes() == std::vector<std::string>{"a@127.0.0.1"});
  CHECK(to_string(there).starts_with("<b@127.0.0.1."));
}

TEST_CASE("a remote process that ends is told to links and monitors") {
  pair nodes;
  const auto there = nodes.target_of_b();
  const auto ref = nodes.on_a.monitor(there);
  nodes.on_a.link(there);
  runtime::send(there, std::string("bye"));
  CHECK(nodes.on_a.receive(tests::patience, [&](const runtime::exit_signal& signal) {
    CHECK(signal.from == there);
    CHECK(to_string(signal.reason) == "\"bye\"");
  }));
  CHECK(nodes.on_a.receive(tests::patience, [&](const runtime::down& message) {
    CHECK(message.ref == ref);
    CHECK(message.who == there);
    CHECK(to_string(message.reason) == "\"bye\"");
  }));
}

TEST_CASE("a lost connection is noconnection to links and monitors, then node_down") {
  pair nodes;
  nodes.a.cluster.monitor_nodes(nodes.on_a.pid());
  const auto there = nodes.target_of_b();
  CHECK(nodes.on_a.receive(tests::patience, [](const runtime::node_up& up) {
    CHECK(up.node == "b@127.0.0.1");
  }));
  static_cast<void>(nodes.on_a.monitor(there));
  nodes.on_a.link(there);
  runtime::send(there, nodes.on_a.pid()); // answered once both have arrived
  REQUIRE(nodes.on_a.receive(tests::patience, [](const pid&) {}));
  nodes.b.cluster.disconnect("a@127.0.0.1");
  CHECK(nodes.on_a.receive(tests::patience, [&](const runtime::exit_signal& signal) {
    CHECK(signal.reason == runtime::exit_reason(runtime::reason::noconnection));
  }));
  CHECK(nodes.on_a.receive(tests::patience, [&](const runtime::down& message) {
    CHECK(message.reason == runtime::exit_reason(runtime::reason::noconnection));
  }));
  CHECK(nodes.on_a.receive(tests::patience, [](const runtime::node_down& down) {
    CHECK(down.node == "b@127.0.0.1");
  }));
}

TEST_CASE("a call to a gen_server on another node is answered") {
  pair nodes;
  const auto server = nodes.b.node.spawn<adder>();
  nodes.b.node.register_name("adder", server);
  nodes.b.cluster.export_name("adder");
  const auto answer =
      nodes.on_a.in_process([](runtime::process& self) -> runtime::waiting<int> {
        co_return co_await self.call<int>(name_at{"adder", "b@127.0.0.1"},
                                          tests::patience, 41);
      });
  CHECK(answer == 42);
}

TEST_CASE("a cast to a gen_server on another node is handled as a cast") {
  channel<int> heard;
  pair nodes;
  const auto server = nodes.b.node.spawn<cast_taker>(std::ref(heard));
  nodes.b.node.register_name("mirror", server);
  const auto there =
      nodes.on_a.in_process([](runtime::process& self) -> runtime::waiting<pid> {
        co_return co_await self.call<pid>(name_at{"mirror", "b@127.0.0.1"},
                                          tests::patience, 1);
      });
  runtime::cast(there, 42);
  CHECK(heard.take() == 42);
}

TEST_CASE("what is longer than message_size is refused where it is sent, calls as well") {
  pair nodes;
  const auto there = nodes.target_of_b();
  const std::string large(17'000'000, 'x');
  CHECK_THROWS_AS(runtime::send(there, large), runtime::not_transmissible);
  CHECK_THROWS_AS(nodes.on_a.call<int>(there, tests::patience, large),
                  runtime::not_transmissible);
  CHECK_THROWS_AS(
      nodes.on_a.call<int>(name_at("target", "b@127.0.0.1"), tests::patience, large),
      runtime::not_transmissible);
  CHECK(nodes.a.cluster.nodes() == std::vector<std::string>{"b@127.0.0.1"});
}

TEST_CASE("a name that is not exported is nobody to other nodes") {
  pair nodes;
  const auto server = nodes.b.node.spawn<adder>();
  nodes.b.node.register_name("adder", server);
  const auto ref = nodes.on_a.in_process([](runtime::process& self) {
    return self.monitor(name_at{"adder", "b@127.0.0.1"});
  });
  CHECK(nodes.on_a.receive(tests::patience, [&](const runtime::down& message) {
    CHECK(message.ref == ref);
    CHECK(message.reason == runtime::exit_reason(runtime::reason::noproc));
    CHECK(message.name == "adder");
    CHECK(message.node == "b@127.0.0.1");
  }));
}

TEST_CASE(
    "a node that does not exist is noconnection, and what is sent to it is counted") {
  cookie_file cookie;
  member a("a@127.0.0.1", cookie, free_port());
  thread_process on_a(a.node);
  a.node.send(name_at{"anybody", "nobody@127.0.0.1"}, 1);
  static_cast<void>(on_a.in_process([](runtime::process& self) {
    return self.monitor(name_at{"anybody", "nobody@127.0.0.1"});
  }));
  CHECK(on_a.receive(tests::patience, [&](const runtime::down& message) {
    CHECK(message.reason == runtime::exit_reason(runtime::reason::noconnection));
  }));
  const auto peers = a.cluster.peers();
  REQUIRE(peers.size() == 1);
  CHECK(peers.front().messages_dropped == 1);
  CHECK_FALSE(peers.front().is_connected);
}

TEST_CASE("small messages are not dropped for a large one that is still under way") {
  pair nodes;
  const auto there = nodes.target_of_b();
  constexpr int small_ones = 100;
  nodes.a.node.send(name_at{"nobody", "b@127.0.0.1"},
                    std::string(12'000'000, 'x')); // above high_mark
  for (int i = 0; i < small_ones; ++i)
    runtime::send(there, nodes.on_a.pid());
  for (int i = 0; i < small_ones; ++i)
    REQUIRE(nodes.on_a.receive(tests::patience, [](const pid&) {}));
  CHECK(nodes.a.cluster.peers().front().messages_dropped == 0);
}

TEST_CASE("two nodes of one name: the second is refused") {
  cookie_file cookie;
  const auto epmd = free_port();
  member a("a@127.0.0.1", cookie, epmd);
  runtime::node node(two_shards());
  CHECK_THROWS_WITH(runtime::cluster(node, member::options("a@127.0.0.1", cookie, epmd)),
                    Catch::Matchers::Contains("cluster_options.name"));
}
