// Presence without processes: lives, snapshots, and peers that lie or speak late.
#include "tests/channels/presence/presence_nodes.hpp"

#include <cstdint>
#include <optional>

using namespace tests;

namespace {

constexpr auto topic = "room:1";

/// One node, and what a stranger may say to it as the node b.
struct listener {
  explicit listener(const channels::presence_limits& limits = {})
      : state("a@host", 1, limits, {}) {
    state.node_up("b@host");
    static_cast<void>(state.next_message("b@host")); // its greeting
  }
  void hear(const message::any& said) { state.take(said, now); }
  void hear_heartbeat(message::number seq, message::number creation = 7) {
    hear(message::heartbeat{"b@host", creation, seq});
  }
  void hear_step(message::number first, const std::string& key,
                 message::number creation = 7) {
    hear(message::steps{"b@host", creation, first, {tracked(key)}});
  }
  void hear_piece(message::number seq, message::number after,
                  std::vector<message::entry> entries, bool is_last,
                  message::number creation = 7) {
    hear(message::piece{"b@host", creation, seq, after, std::move(entries), is_last});
  }
  [[nodiscard]] static message::step tracked(const std::string& key) {
    return message::tracked{topic, key, *meta(key)};
  }
  [[nodiscard]] static message::entry entry(message::number id, const std::string& key) {
    return {id, topic, key, *meta(key)};
  }
  /// The keys that are present.
  [[nodiscard]] std::string keys() const {
    std::string all;
    for (const auto& [key, metas] : state.view().list(topic))
      all += key;
    return all;
  }
  /// The question that it has for b, if it has one.
  [[nodiscard]] std::optional<message::ask> question() {
    while (const auto said = state.next_message("b@host"))
      if (const auto* asked = std::get_if<message::ask>(&*said))
        return *asked;
    return std::nullopt;
  }
  void pass(websock::runtime::duration time) {
    now += time;
    state.tick(now);
  }

  channels::presence_state state;
  websock::runtime::time_point now{1h};
};

} // namespace

TEST_CASE("a step that was missed is asked for at its owner, once") {
  listener on;
  on.hear_heartbeat(0);
  on.hear_step(1, "x");
  on.hear_step(3, "z");
  CHECK(on.keys() == "x");
  CHECK(!on.question()); // whether the second is on its way nobody knows
  on.hear_heartbeat(3);
  const auto asked = on.question();
  REQUIRE(asked);
  CHECK(asked->after == 1);
  on.hear_heartbeat(3);
  CHECK(!on.question());
  on.pass(4s); // the answer is lost
  CHECK(on.question());
  on.hear(message::steps{"b@host", 7, 2, {on.tracked("y"), on.tracked("z")}});
  CHECK(on.keys() == "xyz");
  on.pass(4s);
  CHECK(!on.question());
}

TEST_CASE("another life replaces the former, whose late messages are nothing any more") {
  listener on;
  on.hear_step(1, "x", 7);
  on.hear_heartbeat(0, 8);
  CHECK(on.keys() == "x"); // greyed
  on.hear_step(2, "y", 7);
  on.hear_heartbeat(5, 7);
  CHECK(on.keys() == "x");
  on.hear_step(1, "z", 8);
  CHECK(on.keys() == "xz");
  on.pass(31s);
  CHECK(on.keys().find('x') == std::string::npos);
  on.hear_step(1, "x", 7);
  CHECK(on.keys().find('x') == std::string::npos);
}

TEST_CASE("a farewell is final, and one of a former life buries only that") {
  listener on;
  on.hear_step(1, "x", 7);
  on.hear_heartbeat(0, 8);
  on.hear_step(1, "y", 8);
  on.hear(message::farewell{"b@host", 7});
  CHECK(on.keys() == "y");
  on.hear(message::farewell{"b@host", 9});
  CHECK(on.keys() == "y");
  on.hear(message::farewell{"b@host", 8});
  CHECK(on.keys().empty());
  on.hear_step(2, "z", 8);
  CHECK(on.keys().empty());
}

TEST_CASE("a connected node that is silent counts as lost") {
  listener on;
  on.hear_step(1, "x");
  for (int i = 0; i < 55; ++i)
    on.pass(1s);
  CHECK(on.keys() == "x");
  for (int i = 0; i < 10; ++i)
    on.pass(1s);
  CHECK(on.keys().empty());
  on.hear_heartbeat(1);
  CHECK(on.keys() == "x");
}

TEST_CASE("a snapshot is shown when it is whole, with what happened meanwhile") {
  listener on;
  on.hear_step(1, "o");
  on.hear_heartbeat(9);
  CHECK(on.question()->after == 1);
  on.hear_piece(9, 0, {on.entry(2, "a"), on.entry(4, "b")}, false);
  CHECK(on.keys() == "o");
  CHECK(on.question()->cursor == 4);
  on.hear(message::steps{"b@host", 7, 10, {message::untracked{2}, on.tracked("n")}});
  CHECK(on.keys() == "o");
  CHECK(!on.question()); // it waits for the piece
  on.hear_piece(12, 4, {on.entry(8, "c")}, true);
  CHECK(on.keys() == "o"); // the piece knows of a step that is on its way
  on.hear(message::steps{"b@host", 7, 12, {message::updated{8, *meta("new")}}});
  CHECK(on.keys() == "bcn");
  CHECK(*on.state.view().get(topic, "c").front() == *meta("new"));
}

TEST_CASE("pieces that nobody asked for, or that never end, take no memory") {
  channels::presence_limits limits;
  limits.most_entries = 100;
  listener on(limits);
  on.hear_piece(9, 0, {on.entry(2, "a")}, true);
  CHECK(on.keys().empty());
  on.hear_heartbeat(UINT64_MAX);
  REQUIRE(on.question());
  on.hear_piece(UINT64_MAX, 0, {}, false); // not the end, and no beginning
  on.pass(4s);
  REQUIRE(on.question());
  message::number id = 0;
  for (int i = 0; i < 1'000; ++i) {
    on.hear_piece(UINT64_MAX, id, {on.entry(id + 1, std::to_string(i))}, false);
    ++id;
    CHECK(on.question()->cursor == id);
  }
  on.hear_piece(UINT64_MAX, id, {}, true);
  CHECK(on.state.view().list(topic).size() == 100);
}

TEST_CASE("what cannot be true is ignored") {
  listener on;
  on.hear_heartbeat(3);
  on.hear_step(0, "zero");
  on.hear_step(UINT64_MAX, "huge");
  on.hear(message::steps{"b@host", 7, 1, {}});
  on.hear(message::steps{"b@host", 7, UINT64_MAX, {on.tracked("u"), on.tracked("v")}});
  on.hear(message::steps{"b@host", 7, 1, {message::untracked{99}}});
  on.hear(message::steps{"b@host", 7, 2, {message::updated{99, *meta("x")}}});
  CHECK(on.keys().empty());
  on.hear_heartbeat(0); // less than it has said already
  on.hear_step(3, "x");
  CHECK(on.keys() == "x");
  on.hear(message::steps{"c@host", 7, 1, {on.tracked("stranger")}});
  on.hear(message::steps{"a@host", 1, 1, {on.tracked("itself")}});
  on.hear(message::ask{"b@host", 1, UINT64_MAX, 0});
  on.hear(message::ask{"b@host", 1, 0, UINT64_MAX});
  on.hear(message::ask{"b@host", 99, 0, 0});
  static_cast<void>(on.question());
  CHECK(on.keys() == "x");
}

TEST_CASE("a meta that is no object would break every frame: it is left out") {
  listener on;
  const auto deep = [](std::size_t depth) {
    return R"({"a":)" + std::string(depth, '[') + std::string(depth, ']') + '}';
  };
  const std::vector<std::string> bad{
      "",         "5",    "[]",      "{}x",          "{",      "{}{}",     R"({"a":})",
      "{\"a\":1", "null", "{'a':1}", "{\"\xFF\":1}", deep(64), deep(8'000)};
  message::number first = 1;
  for (const auto& each : bad)
    on.hear(message::steps{"b@host", 7, first++, {message::tracked{topic, "x", each}}});
  CHECK(on.keys().empty());
  on.hear(message::steps{"b@host", 7, first++, {message::tracked{"\xFF", "x", "{}"}}});
  on.hear(message::steps{"b@host", 7, first++, {message::tracked{topic, "\xFF", "{}"}}});
  on.hear(message::steps{
      "b@host", 7, first++, {message::tracked{topic, std::string(2'000, 'k'), "{}"}}});
  CHECK(on.keys().empty());
  on.hear(message::steps{"b@host", 7, first, {message::tracked{topic, "x", deep(63)}}});
  CHECK(on.keys() == "x");
}

TEST_CASE("a node that keeps changing its life, or asks without end, queues nothing") {
  listener on;
  on.state.track(1, {topic, "mine", meta("1")});
  for (message::number i = 1; i <= 1'000; ++i) {
    on.hear_step(1, "x" + std::to_string(i), i + 100);
    on.hear(message::ask{"b@host", 1, 0, 0});
  }
  CHECK(on.state.view().list(topic).size() <= 4); // its last lives, and ours
  int said = 0;
  while (on.state.next_message("b@host"))
    ++said;
  CHECK(said <= 3);
}

TEST_CASE("a peer far behind is told to ask, not sent what is not kept any more") {
  channels::presence_limits limits;
  limits.history_steps = 3;
  presence_nodes nodes(2, limits);
  nodes.join(0, 1);
  nodes.settle();
  for (int i = 0; i < 20; ++i)
    nodes.track(0, 1, topic, std::to_string(i));
  nodes.settle();
  CHECK(nodes.seen(1) == nodes.model());
}

TEST_CASE("a cut without changes is not heard of, and costs a few small messages") {
  presence_nodes nodes(2);
  nodes.join(0, 1);
  for (int i = 0; i < 100; ++i)
    nodes.track(0, 1, topic, std::to_string(i));
  nodes.settle();
  nodes.joins = nodes.leaves = 0;
  nodes.messages = 0;
  nodes.cut(0, 1);
  nodes.beat(10);
  nodes.join(0, 1);
  nodes.settle();
  CHECK(nodes.joins + nodes.leaves == 0);
  CHECK(nodes.messages <= 4);
}
