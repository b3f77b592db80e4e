// Messages between nodes, as recorded of Erlang (tests/semantics/distribution.json).
#include "tests/distribution/scenario.hpp"

using namespace tests;
using runtime::name_at;

TEST_CASE("messages of one process arrive in order and all", "[dist.send.order]") {
  scenario on;
  const auto to = on.as_b_knows(on.me.pid());
  on.other.in_process([&](process& self) {
    for (int i = 0; i < 2000; ++i)
      self.send(to, i);
  });
  on.me.sleep(1s);
  int next = 0;
  while (on.me.receive(0s, [&](int number) {
    CHECK(number == next);
    ++next;
  }))
    continue;
  CHECK(next == 2000);
}

TEST_CASE("a message to a name reaches who is registered there", "[dist.send.name]") {
  scenario on;
  on.me.in_process([](process& self) { self.send(name_at{"other", node_b}, "hi"); });
  CHECK(scenario::heard(on.other) == lines{"\"hi\""});
}

TEST_CASE("a name that nobody has there drops the message", "[dist.send.noname]") {
  scenario on;
  on.me.in_process([](process& self) { self.send(name_at{"svc", node_b}, "hello"); });
  CHECK(scenario::heard(on.me).empty());
  CHECK(scenario::heard(on.other).empty());
}

TEST_CASE("a message to a node that does not exist is dropped", "[dist.send.nonode]") {
  scenario on;
  on.me.in_process([](process& self) { self.send(name_at{"svc", "x@nobody"}, "hello"); });
  CHECK(scenario::heard(on.me).empty());
  CHECK(on.nodes.cluster(0).nodes().empty());
}

TEST_CASE("the first message to a node connects it", "[dist.send.autoconnect]") {
  scenario on;
  on.nodes.cluster(0).monitor_nodes(on.me.pid());
  CHECK(on.nodes.cluster(0).nodes().empty());
  on.me.in_process([](process& self) { self.send(name_at{"other", node_b}, "hi"); });
  CHECK(scenario::heard(on.me) == lines{"up b"});
  CHECK(on.nodes.cluster(0).nodes() == lines{node_b});
  CHECK(scenario::heard(on.other) == lines{"\"hi\""});
}

TEST_CASE("a name on this node is local", "[dist.send.self_name]") {
  scenario on;
  on.me.in_process([](process& self) { self.send(name_at{"me", node_a}, "hi"); });
  CHECK(scenario::heard(on.me) == lines{"\"hi\""});
  CHECK(on.nodes.cluster(0).nodes().empty());
}

TEST_CASE("small messages of others pass a large one", "[dist.send.large]") {
  constexpr std::size_t large = 16'777'216;
  scenario on(2, [](std::size_t, runtime::cluster_options& options) {
    options.message_size = 2 * large;
    options.high_mark = 2 * large;
  });
  const auto to = on.as_b_knows(on.me.pid());
  tell(on.on_b(), [&](process& self) { self.send(to, std::string(large, 'x')); });
  tell(on.on_b(), [&](process& self) {
    for (int i = 0; i < 1000; ++i)
      self.send(to, i);
  });
  on.me.sleep(1s);
  int small_before = 0;
  bool is_whole = false;
  while (on.me.receive(
      0s, [&](int) { small_before += is_whole ? 0 : 1; },
      [&](const std::string& text) { is_whole = text.size() == large; }))
    continue;
  CHECK(is_whole);
  CHECK(small_before == 1000);
}
