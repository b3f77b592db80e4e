// Topics of two nodes on sockets, and of a node of Erlang's beside them.
#include "websock/runtime/address/not_transmissible.hpp"
#include "websock/runtime/pubsub.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/cluster_pair.hpp"

#include <thread>

using namespace tests;
using runtime::pid;
using runtime::term;
using runtime::thread_process;

namespace pubsub = runtime::pubsub;

namespace {

constexpr const char* news = "news";
const std::string name_of_a = "a@127.0.0.1";
const std::string name_of_b = "b@127.0.0.1";

struct unregistered {
  int value;
};

[[nodiscard]] bool shares(const member& one, const std::string& other) {
  for (const auto& each : one.cluster.peers())
    if (each.name == other)
      return each.shares_topics;
  return false;
}

void join(member& one, member& other) {
  one.cluster.connect(other.cluster.name());
  const auto end = std::chrono::steady_clock::now() + tests::patience;
  while (!shares(one, other.cluster.name()) || !shares(other, one.cluster.name())) {
    REQUIRE(std::chrono::steady_clock::now() < end);
    std::this_thread::yield();
  }
}

void subscribe(thread_process& who) {
  who.in_process([](runtime::process& self) { pubsub::subscribe(self, news); });
}

[[nodiscard]] runtime::cluster_options
unshared(const std::string& name, const cookie_file& cookie, std::uint16_t epmd) {
  auto all = member::options(name, cookie, epmd);
  all.shares_topics = false;
  return all;
}

struct pair {
  cookie_file cookie;
  std::uint16_t epmd = free_port();
  member a{name_of_a, cookie, epmd};
  member b{name_of_b, cookie, epmd};
  thread_process on_a{a.node};
  thread_process on_b{b.node};

  pair() {
    subscribe(on_a);
    subscribe(on_b);
  }
};

[[nodiscard]] std::string text_for(thread_process& who) {
  std::string heard;
  REQUIRE(who.receive(tests::patience, [&](const std::string& text) { heard = text; }));
  return heard;
}

} // namespace

TEST_CASE("a broadcast reaches subscribers on both nodes, once each and in order") {
  pair nodes;
  join(nodes.a, nodes.b);
  constexpr int many = 1'000;
  nodes.on_a.in_process([](runtime::process& self) {
    for (int i = 0; i < many; ++i)
      pubsub::broadcast(self, news, i);
    pubsub::broadcast(self, news, std::string(200'000, 'x')); // in fragments
    pubsub::broadcast(self, news, std::string("end"));
  });
  for (auto* each : {&nodes.on_a, &nodes.on_b}) {
    for (int i = 0; i < many; ++i)
      REQUIRE(each->receive(tests::patience, [i](int value) { REQUIRE(value == i); }));
    CHECK(text_for(*each).size() == 200'000);
    CHECK(text_for(*each) == "end");
  }
}

TEST_CASE("a message that follows a broadcast to another node arrives after it") {
  pair nodes;
  join(nodes.a, nodes.b);
  nodes.on_b.in_process([](runtime::process& self) { self.register_name("listener"); });
  nodes.b.cluster.export_name("listener");
  nodes.on_a.in_process([](runtime::process& self) {
    for (int i = 0; i < 100; ++i) {
      pubsub::broadcast(self, news, std::string("published"));
      self.send(runtime::name_at{"listener", name_of_b}, std::string("sent"));
    }
  });
  for (int i = 0; i < 100; ++i) {
    REQUIRE(text_for(nodes.on_b) == "published");
    REQUIRE(text_for(nodes.on_b) == "sent");
  }
}

TEST_CASE("broadcast_from leaves out its process here, and nobody elsewhere") {
  pair nodes;
  join(nodes.a, nodes.b);
  nodes.on_a.in_process([](runtime::process& self) {
    pubsub::broadcast_from(self, news, std::string("from"));
    pubsub::broadcast(self, news, std::string("to all"));
  });
  CHECK(text_for(nodes.on_a) == "to all");
  CHECK(text_for(nodes.on_b) == "from");
  CHECK(text_for(nodes.on_b) == "to all");
}

TEST_CASE("a counted broadcast counts its own node, and reaches the other") {
  pair nodes;
  join(nodes.a, nodes.b);
  const auto id = nodes.on_a.in_process([](runtime::process& self) {
    return pubsub::broadcast_counted(self, news, std::string("counted"));
  });
  CHECK(text_for(nodes.on_a) == "counted");
  CHECK(text_for(nodes.on_b) == "counted");
  CHECK(nodes.on_a.receive(tests::patience, [&](const pubsub::broadcast_result& result) {
    CHECK(result.id == id);
    CHECK(result.reached == 1);
  }));
}

TEST_CASE("a local broadcast stays, whatever its type") {
  pair nodes;
  join(nodes.a, nodes.b);
  pubsub::local_broadcast(nodes.a.node, news, unregistered{1});
  pubsub::broadcast(nodes.a.node, news, std::string("next"));
  CHECK(nodes.on_a.receive(tests::patience, [](const unregistered&) {}));
  CHECK(text_for(nodes.on_a) == "next");
  CHECK(nodes.on_b.receive(
      tests::patience, [](const term& first) { CHECK(to_string(first) == "\"next\""); }));
}

TEST_CASE("a direct broadcast reaches one node, and connects it first") {
  pair nodes;
  pubsub::direct_broadcast(nodes.a.node, name_of_b, news, std::string("b only"));
  CHECK(text_for(nodes.on_b) == "b only");
  pubsub::direct_broadcast(nodes.a.node, name_of_a, news, std::string("a only"));
  CHECK(text_for(nodes.on_a) == "a only");
}

TEST_CASE("a type that cannot cross is refused before anybody gets the message") {
  pair nodes;
  CHECK_THROWS_AS(pubsub::broadcast(nodes.a.node, news, unregistered{1}),
                  runtime::not_transmissible);
  join(nodes.a, nodes.b);
  CHECK_THROWS_AS(pubsub::broadcast(nodes.a.node, news, unregistered{2}),
                  runtime::not_transmissible);
  CHECK_THROWS_AS(
      pubsub::direct_broadcast(nodes.a.node, name_of_b, news, unregistered{3}),
      runtime::not_transmissible);
  pubsub::broadcast(nodes.a.node, news, std::string("next"));
  CHECK(nodes.on_a.receive(
      tests::patience, [](const term& first) { CHECK(to_string(first) == "\"next\""); }));
}

TEST_CASE("a lost connection ends sharing until there is another") {
  pair nodes;
  join(nodes.a, nodes.b);
  nodes.a.cluster.monitor_nodes(nodes.on_a.pid());
  nodes.b.cluster.disconnect(name_of_a);
  CHECK(nodes.on_a.receive(tests::patience, [](const runtime::node_down&) {}));
  CHECK_FALSE(shares(nodes.a, name_of_b));
  pubsub::broadcast(nodes.a.node, news, std::string("lost"));
  const auto end = std::chrono::steady_clock::now() + tests::patience;
  while (!shares(nodes.a, name_of_b)) { // connecting may be in its pause
    REQUIRE(std::chrono::steady_clock::now() < end);
    nodes.a.cluster.connect(name_of_b);
    std::this_thread::yield();
  }
  pubsub::broadcast(nodes.a.node, news, std::string("found"));
  CHECK(text_for(nodes.on_b) == "found");
}

TEST_CASE("a node that shares no topics neither gets nor sends publications") {
  cookie_file cookie;
  const auto epmd = free_port();
  member a(name_of_a, cookie, epmd);
  runtime::node node(two_shards());
  runtime::cluster alone(node, unshared(name_of_b, cookie, epmd));
  thread_process on_a(a.node);
  thread_process on_b(node);
  subscribe(on_a);
  subscribe(on_b);
  a.cluster.monitor_nodes(on_a.pid());
  a.cluster.connect(name_of_b);
  CHECK(on_a.receive(tests::patience, [](const runtime::node_up&) {}));
  pubsub::broadcast(node, news, unregistered{1});
  CHECK(on_b.receive(tests::patience, [](const unregistered&) {}));
  on_b.in_process([](runtime::process& self) { self.register_name("listener"); });
  alone.export_name("listener");
  pubsub::direct_broadcast(a.node, name_of_b, news, std::string("unwanted"));
  a.node.send(runtime::name_at{"listener", name_of_b}, std::string("sent"));
  CHECK(text_for(on_b) == "sent");
  pubsub::direct_broadcast(node, name_of_a, news, std::string("wanted"));
  CHECK(text_for(on_a) == "wanted");
  CHECK_FALSE(shares(a, name_of_b));
}

TEST_CASE("a node of Erlang's gets no publications, and its process of that name neither "
          "takes part nor harms") {
  if (!has_erlang())
    return;
  cookie_file cookie;
  erlang_epmd epmd;
  member a(name_of_a, cookie, epmd.port());
  auto beam = erlang_program(
      epmd.port(), "b",
      "register(websock_topics, self()), pong = net_adm:ping('a@127.0.0.1'),"
      "receive X -> io:format(\"~p~n\", [X]) end, io:format(\"joined~n\"),"
      "{websock_topics, 'a@127.0.0.1'} ! {<<\"news\">>, <<\"from Erlang\">>},"
      "{websock_topics, 'a@127.0.0.1'} ! [nonsense],"
      "receive Y -> io:format(\"~p~n\", [Y]) end, receive never -> ok end");
  thread_process on_a(a.node);
  subscribe(on_a);
  CHECK(beam.line() == "share");
  CHECK(beam.line() == "joined");
  CHECK(text_for(on_a) == "from Erlang");
  CHECK_FALSE(shares(a, name_of_b));
  pubsub::broadcast(a.node, news, std::string("not for Erlang"));
  pubsub::direct_broadcast(a.node, name_of_b, news, std::string("for Erlang"));
  CHECK(text_for(on_a) == "not for Erlang");
  CHECK(beam.line() == "{<<\"news\">>,<<\"for Erlang\">>}");
}
