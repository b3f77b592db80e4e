// The numbers of other nodes: what is missing, what is late, and who is there.
#include "websock/runtime/redis/heard_nodes.hpp"

#include "tests/catch.hpp"

#include <chrono>

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
  static std::string shown(const heard& what) {
    std::string all = what.place == order::late ? "late" : "";
    for (const auto& each : what.missing)
      all += to_string(each);
    return all;
  }
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
