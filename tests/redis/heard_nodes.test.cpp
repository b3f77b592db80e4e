// The numbers of other nodes: what is missing, what is late, and who is there.
#include "websock/runtime/redis/heard_nodes.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace std::chrono_literals;
using namespace websock::runtime;
using redis::heard;
using redis::heard_nodes;
using order = heard::order;

namespace {

constexpr std::uint64_t first_life = 100;
constexpr std::uint64_t second_life = 200;

struct channel_ear {
  heard_nodes nodes{5s};
  time_point now{1h};

  std::string publication(std::uint64_t number, std::uint64_t epoch = first_life) {
    return shown(nodes.publication({"ada", epoch, number}, now));
  }
  std::string beat(std::uint64_t number, std::uint64_t epoch = first_life) {
    return shown(nodes.beat({"ada", epoch, number}, now));
  }
  std::string leave(std::uint64_t number, std::uint64_t epoch = first_life) {
    return shown(nodes.leave({"ada", epoch, number}, now));
  }
  std::string shown(const heard& what) {
    std::string all = what.place == order::late ? "late" : "";
    for (const auto& each : what.missing)
      all += to_string(each);
    note(what.changes);
    return all;
  }
  void note(const std::vector<redis::node_change>& what) {
    for (const auto& each : what)
      changes.push_back(
          std::visit([](const auto& change) { return to_string(change); }, each));
  }
  /// Since the last call.
  std::string took_changes() {
    std::string all;
    for (const auto& each : std::exchange(changes, {}))
      all += each;
    return all;
  }
  std::string fell_silent() {
    note(nodes.fallen_silent(now));
    return took_changes();
  }

  std::vector<std::string> changes;
};

} // namespace

TEST_CASE("what is numbered one after the other has no gap") {
  channel_ear ear;
  CHECK(ear.beat(0) == "");
  for (std::uint64_t i = 1; i < 10; ++i)
    CHECK(ear.publication(i) == "");
  CHECK(ear.beat(9) == "");
}

TEST_CASE("a number that is passed over is a gap before what follows") {
  channel_ear ear;
  CHECK(ear.beat(0) == "");
  CHECK(ear.publication(3) == "gap{ada, 1, 2}");
  CHECK(ear.publication(4) == "");
  CHECK(ear.publication(6) == "gap{ada, 5, 5}");
}

TEST_CASE("the loss of the last publications shows in the next beat") {
  channel_ear ear;
  CHECK(ear.beat(0) == "");
  CHECK(ear.publication(1) == "");
  CHECK(ear.beat(4) == "gap{ada, 2, 4}");
  CHECK(ear.beat(4) == "");
  CHECK(ear.leave(5) == "gap{ada, 5, 5}");
}

TEST_CASE("what was reported as lost does not arrive afterwards") {
  channel_ear ear;
  CHECK(ear.beat(0) == "");
  CHECK(ear.publication(3) == "gap{ada, 1, 2}");
  CHECK(ear.publication(2) == "late");
  CHECK(ear.publication(3) == "late");
  CHECK(ear.publication(0) == "late");
  CHECK(ear.publication(4) == "");
}

TEST_CASE("a node is known from its first envelope on") {
  channel_ear ear;
  CHECK(ear.publication(17) == "");
  CHECK(ear.publication(18) == "");
}

TEST_CASE("another life of a node counts from one") {
  channel_ear ear;
  CHECK(ear.publication(17) == "");
  CHECK(ear.publication(2, second_life) == "gap{ada, 1, 1}");
  CHECK(ear.publication(3, second_life) == "");
  CHECK(ear.publication(18) == "late"); // of the life before
  CHECK(ear.publication(4, second_life) == "");
}

TEST_CASE("an end that may not have been heard is a gap of unknown length") {
  channel_ear ear;
  CHECK(ear.publication(17) == "");
  ear.nodes.interrupted();
  CHECK(ear.beat(2, second_life) == "gap{ada, 18, unknown}gap{ada, 1, 2}");
  CHECK(ear.leave(2, second_life) == "");
  ear.nodes.interrupted();
  CHECK(ear.beat(0, 300) == "");
}

TEST_CASE("a node is there until it leaves or is silent") {
  channel_ear ear;
  CHECK(ear.beat(0) == "");
  CHECK(ear.nodes.beat({"bob", 1, 0}, ear.now).missing.empty());
  CHECK(ear.nodes.present(ear.now) == std::vector<std::string>{"ada", "bob"});
  CHECK(ear.leave(0) == "");
  CHECK(ear.nodes.present(ear.now) == std::vector<std::string>{"bob"});
  CHECK(ear.nodes.present(ear.now + 5s).empty());
  ear.now += 5s;
  CHECK(ear.beat(1) == "gap{ada, 1, 1}"); // silence forgets nothing
}

TEST_CASE("the number of nodes that are remembered is bounded") {
  channel_ear ear;
  for (std::size_t i = 0; i < heard_nodes::most_nodes; ++i)
    CHECK(ear.nodes.beat({"n" + std::to_string(i), 1, 0}, ear.now).place == order::next);
  CHECK(ear.nodes.beat({"more", 1, 0}, ear.now).place == order::ignored);
  CHECK(ear.nodes.publication({"more", 1, 1}, ear.now).place == order::ignored);
  ear.now += 5s;
  CHECK(ear.nodes.beat({"more", 1, 0}, ear.now).place == order::next);
  CHECK(ear.nodes.present(ear.now) == std::vector<std::string>{"more"});
}

TEST_CASE("a node comes with the first that is heard of it, and goes when it leaves") {
  channel_ear ear;
  CHECK(ear.publication(17) == "");
  CHECK(ear.took_changes() == "node_up{ada}");
  CHECK(ear.beat(17) == "");
  CHECK(ear.publication(17) == "late");
  CHECK(ear.took_changes() == "");
  CHECK(ear.leave(17) == "");
  CHECK(ear.took_changes() == "node_down{ada, it has left}");
  CHECK(ear.leave(17) == "");
  CHECK(ear.fell_silent() == "");
  CHECK(ear.beat(17) == "");
  CHECK(ear.took_changes() == "node_up{ada}");
}

TEST_CASE("the last word of a node that nobody knew is no news of it") {
  channel_ear ear;
  CHECK(ear.leave(3) == "");
  CHECK(ear.took_changes() == "");
}

TEST_CASE("a node that falls silent goes once, and comes again when it is heard") {
  channel_ear ear;
  CHECK(ear.beat(0) == "");
  ear.now += 4s;
  CHECK(ear.fell_silent() == "node_up{ada}");
  ear.now += 1s;
  CHECK(ear.fell_silent() == "node_down{ada, nothing is heard of it}");
  CHECK(ear.fell_silent() == "");
  CHECK(ear.beat(0) == "");
  CHECK(ear.took_changes() == "node_up{ada}");
}

TEST_CASE("a lost subscription makes nobody go before they are silent") {
  channel_ear ear;
  CHECK(ear.beat(0) == "");
  ear.nodes.interrupted();
  CHECK(ear.fell_silent() == "node_up{ada}");
  CHECK(ear.beat(0) == "");
  CHECK(ear.took_changes() == "");
}

TEST_CASE("another life of a node comes after the end of the one before") {
  channel_ear ear;
  CHECK(ear.beat(0) == "");
  CHECK(ear.beat(0, second_life) == "");
  CHECK(ear.took_changes()
        == "node_up{ada}node_down{ada, it has been started again}node_up{ada}");
  CHECK(ear.beat(0) == "late"); // of the life before
  CHECK(ear.leave(0) == "late");
  CHECK(ear.took_changes() == "");
  CHECK(ear.leave(0, second_life) == "");
  CHECK(ear.took_changes() == "node_down{ada, it has left}");
  CHECK(ear.beat(0, 300) == "");
  CHECK(ear.took_changes() == "node_up{ada}");
}

TEST_CASE("who leaves sees all others go") {
  channel_ear ear;
  CHECK(ear.beat(0) == "");
  CHECK(ear.shown(ear.nodes.beat({"bob", 1, 0}, ear.now)) == "");
  CHECK(ear.shown(ear.nodes.leave({"bob", 1, 0}, ear.now)) == "");
  CHECK(ear.took_changes() == "node_up{ada}node_up{bob}node_down{bob, it has left}");
  ear.note(ear.nodes.taken_leave());
  CHECK(ear.took_changes() == "node_down{ada, this node has left}");
}

TEST_CASE("a node that is forgotten for another one has gone before") {
  channel_ear ear;
  CHECK(ear.beat(0) == "");
  ear.now += 1s;
  for (std::size_t i = 1; i < heard_nodes::most_nodes; ++i)
    CHECK(ear.nodes.beat({"n" + std::to_string(i), 1, 0}, ear.now).changes.size() == 1);
  CHECK(ear.nodes.beat({"more", 1, 0}, ear.now).changes.empty());
  ear.now += 4s;
  CHECK(ear.took_changes() == "node_up{ada}");
  CHECK(ear.shown(ear.nodes.beat({"more", 1, 0}, ear.now)) == "");
  CHECK(ear.took_changes() == "node_down{ada, nothing is heard of it}node_up{more}");
}
