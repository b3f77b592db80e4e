// How much a node knows of the messages of others, in all topics together.
#include "websock/channels/broadcast/sources_by_topic.hpp"

#include "websock/channels/broadcast/wall_clock.hpp"

#include "tests/catch.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

using websock::topic_options;
using websock::channels::origin;
using websock::channels::position;
using websock::channels::sources_by_topic;
using websock::channels::topic_sources;
using websock::channels::wall_clock;
using websock::runtime::time_point;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{};

/// Three topics, and ten messages of all of them.
struct small_table {
  sources_by_topic table{{.topics = 3, .messages = 10}};
  std::atomic<std::uint64_t> made{0};

  topic_sources& begin(const std::string& topic, const std::string& epoch = "e") {
    return table.find_or_begin(topic, {epoch, 0}, "life", made);
  }
  void hear(const std::string& topic, int count) {
    auto& of = begin(topic);
    for (int i = 0; i < count; ++i) {
      of.add_own({.history = 100}, start);
      table.trim(topic);
    }
  }
  [[nodiscard]] bool knows(const std::string& topic) const {
    return table.find(topic, "e") != nullptr;
  }
};

} // namespace

TEST_CASE("a topic keeps its sources as long as its epoch") {
  small_table on;
  on.hear("a", 2);
  CHECK(on.begin("a").next() == origin{"life.1", 3});
  CHECK(on.table.find("a", "other") == nullptr);
  CHECK(on.begin("a", "other").next() == origin{"life.2", 1});
  CHECK_FALSE(on.knows("a"));
  CHECK(on.table.forgotten() == 1);
}

TEST_CASE("of too many topics the one unused for longest is forgotten") {
  small_table on;
  for (const char* topic : {"a", "b", "c"})
    on.hear(topic, 1);
  on.hear("a", 1);
  on.hear("d", 1);
  CHECK(on.knows("a"));
  CHECK_FALSE(on.knows("b"));
  CHECK(on.knows("c"));
  CHECK(on.knows("d"));
  CHECK(on.table.forgotten() == 1);
}

TEST_CASE("of too many messages those of topics unused for longest are forgotten") {
  small_table on;
  on.hear("a", 4);
  on.hear("b", 4);
  CHECK(on.table.forgotten() == 0);
  on.hear("c", 3);
  CHECK_FALSE(on.knows("a"));
  CHECK(on.knows("b"));
  CHECK(on.knows("c"));
  on.hear("c", 4);
  CHECK_FALSE(on.knows("b"));
  CHECK(on.table.find("c", "e")->size() == 7);
  CHECK(on.table.forgotten() == 2);
}

TEST_CASE("a topic that has more messages than all may have forgets its oldest") {
  small_table on;
  on.hear("a", 12);
  CHECK(on.table.find("a", "e")->size() == 10);
  CHECK(on.table.forgotten() == 2);
}

TEST_CASE("who left before a topic was forgotten is not told that nothing is missing") {
  small_table on;
  const auto before = wall_clock();
  on.hear("a", 1);
  on.table.forget("a");
  const auto& again = on.begin("a");
  CHECK_FALSE(again.missed({before, {}}, start));
  CHECK(again.missed({wall_clock() + 1, {}}, start) == std::vector<std::uint64_t>{});
}
