// Process groups of three nodes under many schedules of joins, leaves, deaths and cuts.
#include "tests/distribution/group_watch.hpp"
#include "tests/distribution/stepped_cluster.hpp"
#include "tests/support/seeds.hpp"

#include <array>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace tests;
using runtime::pid;
using runtime::process_group::scope;

namespace {

/// How many members each group has on each node.
using view = std::map<std::pair<std::string, std::string>, std::size_t>;

class grouped_nodes {
public:
  explicit grouped_nodes(std::uint64_t seed) : random_(seed), nodes_(seed, count) {
    for (std::size_t i = 0; i < count; ++i) {
      nodes_.cluster(i).join_scope("rooms", scopes_[i]);
      processes_[i] = {nodes_.node(i).node().spawn<sleeper>()};
    }
    connect_all();
  }

  void run(std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i) {
      act();
      for (auto left = draw(60); left > 0 && nodes_.step(); --left)
        continue;
    }
  }
  /// Heals everything; false if the nodes do not see the same then.
  [[nodiscard]] bool agree_at_last() {
    for (std::size_t i = 0; i < count; ++i)
      nodes_.heal(i, (i + 1) % count);
    for (int i = 0; i < 100; ++i) { // net_ticktime, then pauses
      connect_all();
      nodes_.advance(2s);
    }
    return seen_by(0) == expected() && seen_by(1) == expected()
           && seen_by(2) == expected();
  }

private:
  static constexpr std::size_t count = 3;

  std::size_t draw(std::size_t below) { return random_() % below; }
  void act() {
    const auto here = draw(count);
    const auto other = (here + 1 + draw(count - 1)) % count;
    const std::string group(1, "ghi"[draw(3)]);
    auto& own = processes_[here];
    const auto one = own[draw(own.size())];
    switch (draw(16)) {
    case 0:
    case 1:
      return own.push_back(nodes_.node(here).node().spawn<sleeper>());
    case 2:
      return runtime::send(one, 1); // its end
    case 3:
      return nodes_.cut(here, other);
    case 4:
      return nodes_.hold(here, other);
    case 5:
      return nodes_.heal(here, other);
    case 6:
      return static_cast<void>(nodes_.cluster(here).disconnect(nodes_.name(other)));
    case 7:
      return connect_all();
    case 8:
      return nodes_.advance(std::chrono::seconds(draw(30)));
    case 9:
    case 10:
    case 11:
      return static_cast<void>(scopes_[here].leave(group, one));
    default:
      return scopes_[here].join(group, std::vector<pid>(1 + draw(2), one));
    }
  }
  void connect_all() {
    for (std::size_t i = 0; i < count; ++i)
      nodes_.cluster(i).connect(nodes_.name((i + 1) % count));
  }
  /// What each node says of its own processes.
  [[nodiscard]] view expected() const {
    view all;
    for (std::size_t i = 0; i < count; ++i)
      for (const auto& group : scopes_[i].which_groups())
        if (const auto own = scopes_[i].local_members(group).size(); own > 0)
          all[{group, nodes_.name(i)}] = own;
    return all;
  }
  [[nodiscard]] view seen_by(std::size_t node) const {
    view all;
    for (const auto& group : scopes_[node].which_groups())
      for (const auto& each : scopes_[node].members(group))
        ++all[{group, home_of(each, node)}];
    return all;
  }
  [[nodiscard]] static std::string home_of(const pid& member, std::size_t seen_by) {
    if (!member.is_remote())
      return stepped_cluster::name(seen_by);
    return to_string(member).substr(1, stepped_cluster::name(0).size());
  }

  std::minstd_rand random_;
  std::array<scope, count> scopes_;
  stepped_cluster nodes_;
  std::array<std::vector<pid>, count> processes_;
};

/// Has the name of a scope, and knows nothing of process groups.
class counting_name final : public runtime::behaviour {
public:
  explicit counting_name(int& asked) : asked_(asked) {}

private:
  void on_start() override { self().register_name("rooms"); }
  void on_message(runtime::term) override { ++asked_; }

  int& asked_;
};

} // namespace

TEST_CASE(
    "who does not answer is asked again, at growing intervals, while it is connected") {
  int asked = 0;
  stepped_cluster nodes(1, 2, [](std::size_t i, runtime::cluster_options& options) {
    if (i == 1)
      options.exported_names = {"rooms"};
  });
  scope groups;
  nodes.node(1).node().spawn<counting_name>(std::ref(asked));
  nodes.cluster(0).join_scope("rooms", groups);
  nodes.cluster(0).connect(nodes.name(1));
  nodes.run_until_idle();
  CHECK(asked == 1);
  std::vector<int> seconds_apart;
  for (int second = 1, last = 0, before = asked; second <= 130; ++second) {
    nodes.advance(1s);
    if (asked == before)
      continue;
    CHECK(asked == std::exchange(before, asked) + 1);
    seconds_apart.push_back(second - std::exchange(last, second));
  }
  CHECK(seconds_apart == std::vector<int>{1, 1, 2, 4, 8, 16, 30, 30, 30});
  // What is new does not wait for what has been missing for long.
  nodes.cluster(0).disconnect(nodes.name(1));
  const auto so_far = asked;
  for (int i = 0; i < 100 && asked == so_far; ++i) {
    nodes.advance(100ms);
    nodes.cluster(0).connect(nodes.name(1));
  }
  const auto anew = asked;
  CHECK(anew == so_far + 1);
  nodes.advance(4s);
  CHECK(asked == anew + 3);
  nodes.cluster(0).disconnect(nodes.name(1));
  const auto at_last = asked;
  nodes.advance(100s);
  CHECK(asked == at_last);
}

TEST_CASE("after any schedule of joins, leaves, deaths and cuts three nodes agree") {
  const auto seeds = seeds_of(100);
  for (auto seed = seeds.first; seed < seeds.end; ++seed) {
    grouped_nodes nodes(seed);
    nodes.run(150);
    INFO("seed " << seed);
    REQUIRE(nodes.agree_at_last());
  }
}
