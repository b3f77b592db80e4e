// Topics that nodes share, under many schedules and with connections that are cut.
#include "websock/runtime/pubsub.hpp"

#include "tests/distribution/scenario.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

using namespace tests;
using runtime::name_at;

namespace pubsub = runtime::pubsub;

namespace {

class publisher_when_asked final : public runtime::behaviour {
private:
  void on_message(runtime::term) override { pubsub::broadcast(self(), "news", 1); }
};

void subscribe(tester& who) {
  who.in_process([](process& self) { pubsub::subscribe(self, "news"); });
}

/// Connects the nodes i and j.
void join(scenario& on, std::size_t i, std::size_t j) {
  on.nodes.cluster(i).connect(stepped_cluster::name(j));
  on.nodes.run_until_idle();
}

/// The numbers that have come to `who`.
[[nodiscard]] std::vector<int> numbers(tester& who) {
  std::vector<int> found;
  while (who.receive(runtime::duration::zero(), [&](int each) { found.push_back(each); }))
    continue;
  return found;
}

[[nodiscard]] bool is_increasing(const std::vector<int>& all) {
  return std::adjacent_find(all.begin(), all.end(), std::greater_equal<>()) == all.end();
}

} // namespace

TEST_CASE("whoever has heard from a node publishes to it") {
  scenario on;
  on.nodes.net().pieces_of(1); // nothing that follows has arrived with it
  subscribe(on.other);
  const auto publisher = on.nodes.node(0).spawn<publisher_when_asked>();
  on.nodes.node(0).node().register_name("svc", publisher);
  on.other.in_process([](process& self) { self.send(name_at{"svc", node_a}, "hello"); });
  on.nodes.run_until_idle();
  CHECK(numbers(on.other) == std::vector{1});
}

TEST_CASE("three nodes share a topic: each publisher's messages arrive once, in order") {
  scenario on(3);
  tester third(on.nodes.node(2), on.nodes);
  for (auto* each : {&on.me, &on.other, &third})
    subscribe(*each);
  join(on, 0, 1);
  join(on, 0, 2);
  join(on, 1, 2);
  constexpr int each_publishes = 50;
  for (int i = 0; i < 3; ++i)
    on.nodes.node(static_cast<std::size_t>(i)).spawn<puppet>([i](process& self) {
      for (int n = 0; n < each_publishes; ++n)
        pubsub::broadcast(self, "news", i * 1'000 + n);
    });
  on.nodes.run_until_idle();
  for (auto* who : {&on.me, &on.other, &third}) {
    std::vector<std::vector<int>> of_publisher(3);
    for (const auto number : numbers(*who))
      of_publisher[static_cast<std::size_t>(number / 1'000)].push_back(number);
    for (const auto& all : of_publisher) {
      CHECK(all.size() == each_publishes);
      CHECK(is_increasing(all));
    }
  }
}

TEST_CASE("a connection that is cut loses publications from there on, and nothing else") {
  scenario on;
  subscribe(on.other);
  join(on, 0, 1);
  constexpr int many = 500;
  const auto publish = [&](int first) {
    on.me.in_process([first](process& self) {
      for (int n = 0; n < many; ++n)
        pubsub::broadcast(self, "news", first + n);
    });
    on.nodes.run_until_idle();
  };
  on.nodes.net().cut_after(GENERATE(1U, 100U, 2'000U, 9'999U));
  publish(0);
  const auto before = numbers(on.other);
  REQUIRE(before.size() < many);
  for (std::size_t i = 0; i < before.size(); ++i)
    REQUIRE(before[i] == static_cast<int>(i));

  on.nodes.heal(0, 1);
  publish(1'000); // to nobody: there is no connection
  CHECK(numbers(on.other).empty());
  on.me.sleep(1min); // the pause before the next connect
  join(on, 0, 1);
  publish(2'000);
  const auto after = numbers(on.other);
  CHECK(after.size() == many);
  CHECK((!after.empty() && after.front() == 2'000));
  CHECK(is_increasing(after));
}

TEST_CASE(
    "while a node does not read, a publisher is suspended; what is dropped counts") {
  scenario on(2, [](std::size_t, runtime::cluster_options& options) {
    options.high_mark = 65'536;
    options.low_mark = 32'768;
  });
  subscribe(on.other);
  join(on, 0, 1);
  on.nodes.hold(0, 1);
  const auto publisher = on.nodes.node(0).spawn<puppet>();
  constexpr int many = 400;
  int published = 0;
  for (int n = 0; n < many; ++n)
    runtime::send(publisher, task{[n, &published](process& self) {
                    pubsub::broadcast(self, "news", std::string(1'024, 'x'));
                    published = n + 1;
                  }});
  on.nodes.run_until_idle();
  CHECK(published < many);
  CHECK(on.nodes.cluster(0).peers().front().octets_unsent < 262'144);
  on.nodes.heal(0, 1);
  on.nodes.run_until_idle();
  CHECK(published == many);
  int heard = 0;
  while (
      on.other.receive(runtime::duration::zero(), [&](const std::string&) { ++heard; }))
    continue;
  const auto dropped = on.nodes.cluster(0).peers().front().messages_dropped;
  CHECK(heard + static_cast<int>(dropped) == many);
  CHECK(dropped == 0); // a process loses with its connection only
}
