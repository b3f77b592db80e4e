// What a history in memory keeps, and what it says when something is gone.
#include "websock/channels/history/memory_store.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using websock::topic_options;
using websock::channels::memory_store;
using websock::channels::memory_store_limits;
using websock::channels::position;

namespace {

using offsets = std::vector<std::uint64_t>;
const offsets gone{0}; // no offset is 0

/// A store whose epochs are "1", "2" and so on, and its time.
struct lab {
  explicit lab(memory_store_limits limits = {})
      : store(limits, [next = std::uint64_t{0}]() mutable { return ++next; }) {}

  position say(const std::string& topic, const std::string& text = "{}") {
    auto at = store.last(topic);
    ++at.offset;
    store.append(topic, options, at, "said", text, now);
    return at;
  }
  [[nodiscard]] offsets since(const std::string& topic, const position& after) {
    const auto found = store.since(topic, options, after, now);
    if (!found.is_complete)
      return gone;
    offsets all;
    for (const auto& each : found.messages)
      all.push_back(each->offset);
    return all;
  }

  topic_options options{.history = 3, .history_time = 1min};
  memory_store store;
  websock::runtime::time_point now{1h};
};

} // namespace

TEST_CASE("what came after a position is had in order") {
  lab it;
  CHECK(it.store.last("a") == position{"1", 0});
  CHECK(it.say("a") == position{"1", 1});
  CHECK(it.say("a") == position{"1", 2});
  CHECK(it.store.last("a") == position{"1", 2});
  CHECK(it.since("a", {"1", 0}) == offsets{1, 2});
  CHECK(it.since("a", {"1", 1}) == offsets{2});
  CHECK(it.since("a", {"1", 2}).empty());
}

TEST_CASE("a message comes back as it was") {
  lab it;
  it.say("a", R"({"n":1})");
  const auto found = it.store.since("a", it.options, {"1", 0}, it.now);
  REQUIRE(found.messages.size() == 1);
  CHECK(found.messages[0]->event == "said");
  CHECK(found.messages[0]->text == R"({"n":1})");
}

TEST_CASE("another epoch, the future and an unknown topic cannot be had") {
  lab it;
  it.say("a");
  CHECK(it.since("a", {"2", 1}) == gone);
  CHECK(it.since("a", {"1", 2}) == gone);
  CHECK(it.since("a", {"1", ~std::uint64_t{0}}) == gone);
  CHECK(it.since("b", {"1", 0}) == gone);
}

TEST_CASE("more messages than are kept push the oldest out, which are counted") {
  lab it;
  for (int i = 0; i < 5; ++i)
    it.say("a");
  CHECK(it.since("a", {"1", 1}) == gone);
  CHECK(it.since("a", {"1", 2}) == offsets{3, 4, 5});
  CHECK(it.store.figures().dropped == 2);
  CHECK(it.store.figures().messages == 3);
}

TEST_CASE("messages expire, and a client that has all of them still misses nothing") {
  lab it;
  it.say("a");
  it.now += 30s;
  it.say("a");
  it.now += 30s;
  CHECK(it.since("a", {"1", 0}) == gone);
  CHECK(it.since("a", {"1", 1}) == offsets{2});
  it.now += 1h;
  CHECK(it.since("a", {"1", 1}) == gone);
  CHECK(it.since("a", {"1", 2}).empty());
  CHECK(it.store.figures().expired == 2);
  CHECK(it.say("a") == position{"1", 3});
}

TEST_CASE("a topic that nobody uses loses what is too old as others are used") {
  lab it;
  it.say("a");
  it.now += 2min;
  it.say("b");
  CHECK(it.store.figures().expired == 1);
  CHECK(it.store.figures().messages == 1);
}

TEST_CASE("octets of a topic are bounded, and one message may be too large") {
  lab it;
  it.options.history_octets = 1'000;
  it.say("a", std::string(600, ' '));
  it.say("a", std::string(600, ' '));
  CHECK(it.since("a", {"1", 0}) == gone);
  CHECK(it.since("a", {"1", 1}) == offsets{2});
  it.say("a", std::string(2'000, ' '));
  CHECK(it.since("a", {"1", 2}) == gone);
  CHECK(it.since("a", {"1", 3}).empty());
  CHECK(it.store.figures().messages == 0);
}

TEST_CASE("too many octets in total cost the topic that has been silent for longest") {
  lab it({.topics = 10, .octets = 4'000});
  it.say("a", std::string(1'000, ' '));
  it.say("b", std::string(1'000, ' '));
  it.say("c", std::string(1'500, ' '));
  CHECK(it.store.figures().octets <= 4'000);
  CHECK(it.since("a", {"1", 0}) == gone);
  CHECK(it.since("a", {"1", 1}).empty());
  CHECK(it.since("b", {"2", 0}) == offsets{1});
}

TEST_CASE("too many topics cost one without messages, which begins anew") {
  lab it({.topics = 2});
  it.say("a");
  CHECK(it.store.last("b") == position{"2", 0});
  CHECK(it.store.last("c") == position{"3", 0});
  CHECK(it.since("a", {"1", 0}) == offsets{1});
  CHECK(it.since("b", {"2", 0}) == gone);
  CHECK(it.store.figures().forgotten == 1);
  it.say("c");
  CHECK(it.store.last("d") == position{"4", 0}); // both have messages
  CHECK(it.since("a", {"1", 1}) == gone);
  CHECK(it.since("c", {"3", 0}) == offsets{1});
}

TEST_CASE("one topic that is larger than everything allowed is kept without messages") {
  lab it({.topics = 1, .octets = 1});
  CHECK(it.say("a") == position{"1", 1});
  CHECK(it.say("b") == position{"2", 1});
  CHECK(it.store.figures().messages == 0);
  CHECK(it.store.figures().topics <= 1);
}

TEST_CASE("a topic that is pushed out between its position and its message goes on") {
  lab it({.topics = 1});
  it.say("a");
  const auto at = it.store.last("a");
  it.say("b");
  it.store.append("a", it.options, {at.epoch, at.offset + 1}, "said", "{}", it.now);
  CHECK(it.since("a", {"1", 0}) == gone);
  CHECK(it.since("a", {"1", 1}) == offsets{2});
}

TEST_CASE("epochs differ") {
  memory_store first;
  memory_store second;
  CHECK(first.last("a").epoch != first.last("b").epoch);
  CHECK(first.last("a").epoch != second.last("a").epoch);
}

TEST_CASE("options of a history that keeps nothing are refused") {
  CHECK_THROWS_AS(validate(topic_options{.history = 1, .history_time = 0s}),
                  std::invalid_argument);
  CHECK_THROWS_AS(validate(topic_options{.history = 1, .history_octets = 0}),
                  std::invalid_argument);
  CHECK_NOTHROW(validate(topic_options{.history_octets = 0}));
  CHECK_THROWS_AS(memory_store({.topics = 0}), std::invalid_argument);
}
