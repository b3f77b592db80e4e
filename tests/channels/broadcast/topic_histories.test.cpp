// The order of kept broadcasts: the same for all subscribers, whoever publishes where.
#include "websock/channels/broadcast/topic_histories.hpp"

#include "websock/channels/broadcast/broadcast.hpp"
#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/channels/broadcast/history.hpp"
#include "websock/channels/history/memory_store.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/pubsub.hpp"

#include "tests/catch.hpp"
#include "tests/support/puppet.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace tests;
using namespace std::chrono_literals;
using websock::channels::broadcast_message;
using websock::channels::topic_histories;

namespace {

const std::string room = "room:a";
const int of_test = 0;

/// What a process got: broadcasts, and numbers that others sent it.
struct heard {
  std::vector<std::uint64_t> offsets;
  lines texts;
  std::atomic<std::size_t> count{0};
};

class listener final : public runtime::behaviour {
public:
  explicit listener(heard& to) : to_(to) {}

private:
  void on_start() override { runtime::pubsub::subscribe(self(), room); }
  void on_message(runtime::term message) override {
    if (const auto* out = message.get_if<broadcast_message>()) {
      to_.offsets.push_back(out->at() == nullptr ? 0 : out->at()->offset);
      to_.texts.push_back(out->event());
    } else {
      to_.texts.push_back(*message.get_if<std::string>());
    }
    ++to_.count;
  }
  heard& to_;
};

void publish(process& from, const std::string& event) {
  websock::channels::broadcast(from, room, event);
}

} // namespace

TEST_CASE("subscribers on all shards get all messages in the order of their offsets") {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::vector<heard> all(6);
    stepped_node node(seed, {.shards = 3, .pool_threads = 1});
    node.node().extension<topic_histories>().add(&of_test, "room:*", {.history = 5});
    std::vector<pid> speakers;
    for (std::size_t i = 0; i < 3; ++i)
      speakers.push_back(node.node().spawn_on<puppet>(i));
    for (std::size_t i = 0; i < all.size(); ++i)
      node.node().spawn_on<listener>(i % 3, std::ref(all[i]));
    node.run_until_idle();
    constexpr int count = 60;
    for (int n = 0; n < count; ++n) {
      const auto event = std::to_string(n);
      if (const auto who = random() % 4; who == 3)
        websock::channels::broadcast(node.node(), room, event);
      else
        tell(speakers[who], [event](process& self) { publish(self, event); });
      for (auto steps = random() % 4; steps != 0; --steps)
        node.step();
    }
    node.run_until_idle();
    for (const auto& each : all) {
      REQUIRE(each.offsets.size() == count);
      for (int n = 0; n < count; ++n)
        REQUIRE(each.offsets[static_cast<std::size_t>(n)]
                == static_cast<std::uint64_t>(n + 1));
      CHECK(each.texts == all.front().texts);
    }
  }
}

TEST_CASE("what a process sends after its broadcast arrives after it, on every shard") {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::vector<heard> all(2);
    stepped_node node(seed);
    node.node().extension<topic_histories>().add(&of_test, "room:*", {.history = 5});
    std::vector<pid> speakers;
    std::vector<pid> listeners;
    for (std::size_t i = 0; i < 2; ++i) {
      speakers.push_back(node.node().spawn_on<puppet>(i));
      listeners.push_back(node.node().spawn_on<listener>(i, std::ref(all[i])));
    }
    node.run_until_idle();
    for (int n = 0; n < 40; ++n) {
      const auto event = std::to_string(n);
      tell(speakers[random() % 2], [event, &listeners](process& self) {
        publish(self, event);
        for (const auto& each : listeners)
          self.send(each, "after " + event);
      });
      for (auto steps = random() % 3; steps != 0; --steps)
        node.step();
    }
    node.run_until_idle();
    for (const auto& each : all) {
      REQUIRE(each.texts.size() == 80);
      for (int n = 0; n < 40; ++n) {
        const auto at = [&](const std::string& text) {
          return std::find(each.texts.begin(), each.texts.end(), text);
        };
        REQUIRE(at(std::to_string(n)) < at("after " + std::to_string(n)));
      }
    }
  }
}

TEST_CASE("many topics at once leave nothing behind") {
  stepped_node node(1);
  auto& histories = node.node().extension<topic_histories>();
  websock::channels::keep_histories(
      node.node(), std::make_shared<websock::channels::memory_store>(
                       websock::channels::memory_store_limits{.topics = 100}));
  histories.add(&of_test, "*", {.history = 5});
  for (int i = 0; i < 10'000; ++i) {
    websock::channels::broadcast(node.node(), "room:" + std::to_string(i), "e");
    if (i % 100 == 0)
      node.run_until_idle();
  }
  node.run_until_idle();
  CHECK(websock::channels::histories_of(node.node()).topics == 100);
  CHECK(websock::channels::histories_of(node.node()).forgotten == 9'900);
}

TEST_CASE("threads and shards that publish at the same time agree on one order") {
  constexpr int each_says = 2'000;
  std::vector<heard> all(4);
  {
    runtime::node node({.shards = 4, .pool_threads = 1});
    node.extension<topic_histories>().add(&of_test, "room:*", {.history = 5});
    for (std::size_t i = 0; i < all.size(); ++i)
      node.spawn_on<listener>(i, std::ref(all[i]));
    std::atomic<int> ready{0};
    for (std::size_t i = 0; i < all.size(); ++i) // behind the listener
      tell(node.spawn_on<puppet>(i), [&](process&) { ++ready; });
    while (ready != 4)
      std::this_thread::yield();
    for (std::size_t i = 0; i < 4; ++i)
      tell(node.spawn_on<puppet>(i), [&](process& self) {
        for (int n = 0; n < each_says; ++n)
          publish(self, "e");
      });
    std::thread outside([&] {
      for (int n = 0; n < each_says; ++n)
        websock::channels::broadcast(node, room, "e");
    });
    outside.join();
    const auto end = std::chrono::steady_clock::now() + 60s;
    const auto have_all = [&] {
      return std::all_of(all.begin(), all.end(),
                         [](const heard& each) { return each.count == 5 * each_says; });
    };
    while (!have_all() && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    node.stop();
  }
  for (const auto& each : all) {
    REQUIRE(each.offsets.size() == 5 * each_says);
    for (std::size_t n = 0; n < each.offsets.size(); ++n)
      REQUIRE(each.offsets[n] == n + 1);
  }
}
