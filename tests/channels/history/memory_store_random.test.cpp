// A history in memory does what a simple model of it does, whatever comes.
#include "websock/channels/history/memory_store.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using websock::topic_options;
using websock::channels::memory_store;
using websock::channels::position;

namespace {

/// Everything that was ever said in a topic of one epoch.
struct said {
  websock::runtime::time_point when;
  std::string text;
};
struct model_topic {
  std::string epoch;
  std::vector<said> all;
};

class program {
public:
  explicit program(unsigned seed) : random_(seed) {
    options_.history = pick(1, 6);
    options_.history_time = std::chrono::seconds(pick(1, 60));
    options_.history_octets = pick(1, 2'000);
  }

  void step() {
    const auto topic = std::string(1, static_cast<char>('a' + pick(0, 5)));
    switch (pick(0, 3)) {
    case 0:
      now_ += std::chrono::seconds(pick(0, 10));
      break;
    case 1:
      say(topic);
      break;
    default:
      ask(topic);
    }
    const auto figures = store_.figures();
    CHECK(figures.topics <= 4);
    CHECK(figures.octets <= 6'000);
    CHECK(figures.appended == figures.messages + figures.expired + figures.dropped);
  }

private:
  std::size_t pick(std::size_t from, std::size_t to) {
    return std::uniform_int_distribution<std::size_t>(from, to)(random_);
  }
  model_topic& known(const std::string& topic, const position& last) {
    auto& its = topics_[topic];
    if (its.epoch != last.epoch) { // pushed out
      CHECK(last.offset == 0);
      its = {last.epoch, {}};
    }
    CHECK(last.offset == its.all.size());
    return its;
  }
  void say(const std::string& topic) {
    auto at = store_.last(topic);
    auto& its = known(topic, at);
    ++at.offset;
    its.all.push_back({now_, std::string(pick(0, 700), 'x')});
    store_.append(topic, options_, at, "said", its.all.back().text, now_);
  }
  // Whatever it gives is right, and nothing too old; what it refuses is justified below.
  void ask(const std::string& topic) {
    const auto last = store_.last(topic);
    const auto& its = known(topic, last);
    const position after{pick(0, 9) == 0 ? "another" : its.epoch,
                         pick(0, its.all.size() + 1)};
    const auto found = store_.since(topic, options_, after, now_);
    const bool is_known = after.epoch == its.epoch && after.offset <= its.all.size();
    if (!is_known) {
      CHECK_FALSE(found.is_complete);
      return;
    }
    if (after.offset == its.all.size())
      CHECK(found.is_complete);
    if (!found.is_complete) {
      CHECK(found.messages.empty());
      return;
    }
    REQUIRE(found.messages.size() == its.all.size() - after.offset);
    CHECK(found.messages.size() <= options_.history);
    for (std::size_t i = 0; i < found.messages.size(); ++i) {
      const auto& expected = its.all[after.offset + i];
      CHECK(found.messages[i]->offset == after.offset + i + 1);
      CHECK(found.messages[i]->text == expected.text);
      CHECK(now_ - expected.when < options_.history_time);
    }
    ++answered_;
  }

public:
  int answered_ = 0;

private:
  std::mt19937 random_;
  topic_options options_;
  memory_store store_{{.topics = 4, .octets = 6'000}};
  websock::runtime::time_point now_{1h};
  std::map<std::string, model_topic> topics_;
};

} // namespace

TEST_CASE("random programs of topics, messages and questions agree with a model") {
  int answered = 0;
  for (unsigned seed = 1; seed <= 300; ++seed) {
    INFO("seed " << seed);
    program it(seed);
    for (int i = 0; i < 300; ++i)
      it.step();
    answered += it.answered_;
  }
  CHECK(answered > 5'000);
}

TEST_CASE("within its bounds a history refuses nothing") {
  const topic_options options{.history = 50, .history_time = 1h};
  memory_store store;
  websock::runtime::time_point now{1h};
  for (std::uint64_t i = 1; i <= 500; ++i, now += 1s) {
    auto at = store.last("a");
    ++at.offset;
    store.append("a", options, at, "said", "{}", now);
    for (std::uint64_t back = 0; back <= std::min<std::uint64_t>(i, 50); ++back) {
      const auto found = store.since("a", options, {at.epoch, i - back}, now);
      REQUIRE(found.is_complete);
      REQUIRE(found.messages.size() == back);
    }
    if (i > 50)
      REQUIRE_FALSE(store.since("a", options, {at.epoch, i - 51}, now).is_complete);
  }
}
