// What a node knows of the messages of others in one topic.
#include "websock/channels/broadcast/topic_sources.hpp"

#include "websock/channels/broadcast/wall_clock.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

using websock::topic_options;
using websock::channels::origin;
using websock::channels::topic_sources;
using websock::runtime::time_point;
using namespace std::chrono_literals;

namespace {

using offsets = std::vector<std::uint64_t>;

const topic_options ten{.history = 10, .history_time = 10min};
constexpr time_point start{};

[[nodiscard]] topic_sources fresh() {
  return {"me", "epoch", 0, 0};
}
void hear(topic_sources& by, const std::string& source, std::uint64_t number,
          time_point now = start) {
  by.add({source, number}, ten, now);
}

/// Of a client that has just left.
[[nodiscard]] auto missed(const topic_sources& of, std::vector<origin> seen,
                          time_point now) {
  return of.missed({websock::channels::wall_clock(), std::move(seen)}, now);
}

} // namespace

TEST_CASE("a client gets what it has not seen of each source, and nothing else") {
  auto ours = fresh();
  ours.add_own(ten, start);
  hear(ours, "a", 1);
  hear(ours, "b", 1);
  hear(ours, "a", 2);
  ours.add_own(ten, start);
  CHECK(ours.next() == origin{"me", 3});
  CHECK(missed(ours, {{"me", 2}, {"a", 2}, {"b", 1}}, start) == offsets{});
  CHECK(missed(ours, {{"me", 1}, {"a", 1}, {"b", 1}}, start) == offsets{4, 5});
  CHECK(missed(ours, {{"b", 1}, {"a", 0}, {"me", 2}}, start) == offsets{2, 4});
}

TEST_CASE(
    "who has seen a source that is not known here, or more of it, is not recovered") {
  auto ours = fresh();
  hear(ours, "a", 1);
  CHECK(missed(ours, {{"a", 1}}, start) == offsets{});
  CHECK_FALSE(missed(ours, {{"a", 1}, {"c", 1}}, start));
  CHECK_FALSE(missed(ours, {{"a", 2}}, start));
  CHECK_FALSE(missed(ours, {}, start));
}

TEST_CASE("what was lost on its way here is not passed over in silence") {
  auto ours = fresh();
  hear(ours, "a", 1);
  CHECK(ours.is_whole_behind(0));
  hear(ours, "a", 4);
  CHECK_FALSE(ours.is_whole_behind(1));
  CHECK(ours.is_whole_behind(2));
  CHECK_FALSE(missed(ours, {{"a", 1}}, start));
  CHECK_FALSE(missed(ours, {{"a", 2}}, start));
  CHECK(missed(ours, {{"a", 3}}, start) == offsets{2});
  CHECK(missed(ours, {{"a", 4}}, start) == offsets{});
}

TEST_CASE("a message that is overtaken ends what came before it, and counts no further") {
  auto ours = fresh();
  hear(ours, "a", 1);
  hear(ours, "a", 3);
  hear(ours, "a", 2);
  CHECK_FALSE(ours.is_whole_behind(2));
  CHECK(ours.is_whole_behind(3));
  CHECK_FALSE(missed(ours, {{"a", 1}}, start));
  CHECK_FALSE(missed(ours, {{"a", 2}}, start));
  CHECK(missed(ours, {{"a", 3}}, start) == offsets{});
  hear(ours, "a", 4);
  CHECK(missed(ours, {{"a", 3}}, start) == offsets{4});
}

TEST_CASE("a source that is heard in the middle of its numbers begins there") {
  auto ours = fresh();
  hear(ours, "a", 7);
  CHECK_FALSE(ours.is_whole_behind(0));
  CHECK_FALSE(missed(ours, {{"a", 5}}, start));
  CHECK(missed(ours, {{"a", 6}}, start) == offsets{1});
}

TEST_CASE("no more is had than is kept") {
  auto ours = fresh();
  for (std::uint64_t i = 1; i <= 15; ++i)
    hear(ours, "a", i);
  CHECK_FALSE(missed(ours, {{"a", 4}}, start));
  CHECK(missed(ours, {{"a", 5}}, start)->size() == 10);
}

TEST_CASE("a source that has been silent for long is left out, and found again") {
  auto ours = fresh();
  hear(ours, "gone", 5);
  hear(ours, "a", 1, start + 9min);
  CHECK(ours.seen(start + 9min).size() == 2);
  CHECK(ours.seen(start + 10min) == std::vector<origin>{{"a", 1}});
  CHECK(missed(ours, {{"a", 1}}, start + 10min) == offsets{});
  CHECK(missed(ours, {{"a", 1}, {"gone", 5}}, start + 10min) == offsets{});
  CHECK_FALSE(missed(ours, {{"a", 1}, {"gone", 6}}, start + 10min));
  hear(ours, "gone", 6, start + 11min);
  CHECK_FALSE(missed(ours, {{"a", 1}}, start + 11min));
  CHECK(missed(ours, {{"a", 1}, {"gone", 5}}, start + 11min) == offsets{3});
}

TEST_CASE("a message without a number leaves nobody certain who comes from elsewhere") {
  auto ours = fresh();
  hear(ours, "a", 1);
  ours.add({}, ten, start);
  CHECK(ours.is_whole_behind(0));
  CHECK_FALSE(missed(ours, {{"a", 1}}, start));
  for (std::uint64_t i = 2; i <= 11; ++i)
    hear(ours, "a", i);
  CHECK(missed(ours, {{"a", 11}}, start) == offsets{});
}

TEST_CASE("what was seen at each offset is told from the newest back") {
  auto ours = fresh();
  ours.add_own(ten, start);
  hear(ours, "a", 1);
  ours.add_own(ten, start);
  hear(ours, "b", 1);
  const auto seen = ours.seen_behind(1, start);
  REQUIRE(seen.size() == 3);
  CHECK(seen[0] == std::vector<origin>{{"a", 1}, {"me", 1}});
  CHECK(seen[1] == std::vector<origin>{{"a", 1}, {"me", 2}});
  CHECK(seen[2] == std::vector<origin>{{"a", 1}, {"b", 1}, {"me", 2}});
  CHECK(ours.seen_behind(4, start).empty());
}

TEST_CASE("of many sources the one that is silent for longest is forgotten") {
  auto ours = fresh();
  for (std::size_t i = 0; i < topic_sources::most_sources + 5; ++i)
    hear(ours, "s" + std::to_string(i), 1, start + std::chrono::seconds(i));
  const auto seen = ours.seen(start + 1min);
  CHECK(seen.size() == topic_sources::most_sources);
  CHECK(std::find(seen.begin(), seen.end(), origin{"s4", 1}) == seen.end());
  CHECK(std::find(seen.begin(), seen.end(), origin{"s5", 1}) != seen.end());
  CHECK(ours.forgotten() == 5);
}

TEST_CASE("who left before a source was forgotten is not recovered") {
  const auto before = websock::channels::wall_clock();
  auto ours = fresh();
  for (std::size_t i = 0; i <= topic_sources::most_sources; ++i)
    hear(ours, "s" + std::to_string(i), 1, start + std::chrono::seconds(i));
  const auto seen = ours.seen(start + 1min);
  CHECK_FALSE(ours.missed({before, seen}, start + 1min));
  CHECK(missed(ours, seen, start + 1min) == offsets{});
}
