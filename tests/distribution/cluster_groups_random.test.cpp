// Process groups of three nodes after anything has happened: the same for all.
#include "tests/catch.hpp"
#include "tests/distribution/group_watch.hpp"

#include <array>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace tests;
using runtime::pid;
using runtime::process_group::scope;

namespace {

constexpr std::size_t node_count = 3;
const std::array<std::string, node_count> names{"a", "b", "c"};

[[nodiscard]] std::string full(std::size_t node) {
  return names.at(node) + "@127.0.0.1";
}

/// How many members of each node each group has.
using view = std::map<std::pair<std::string, std::string>, std::size_t>;

struct place {
  scope groups;
  member in;
  std::string name;
  std::vector<pid> processes;

  /// Whom it is connected with, and what it sees.
  [[nodiscard]] std::string text() const {
    auto all = name + " with";
    for (const auto& each : in.cluster.nodes())
      all += ' ' + each;
    for (const auto& [where, count] : seen())
      all += ", " + where.first + ' ' + where.second + ' ' + std::to_string(count);
    return all;
  }

  place(std::size_t number, const cookie_file& cookie, std::uint16_t epmd)
      : in(full(number), cookie, epmd), name(full(number)) {
    in.cluster.join_scope("rooms", groups);
  }
  [[nodiscard]] view seen() const {
    view all;
    for (const auto& group : groups.which_groups())
      for (const auto& each : groups.members(group)) {
        const auto text = to_string(each);
        const auto host = text.find("@127.0.0.1");
        ++all[{group, each.is_remote() ? text.substr(1, host + 9) : name}];
      }
    return all;
  }
};

struct three {
  cookie_file cookie;
  std::uint16_t epmd = free_port();
  std::array<place, node_count> places{place{0, cookie, epmd}, place{1, cookie, epmd},
                                       place{2, cookie, epmd}};
  std::minstd_rand random;

  explicit three(unsigned seed) : random(seed) {}

  std::size_t draw(std::size_t below) { return random() % below; }

  void step() {
    auto& here = places.at(draw(node_count));
    const std::string group(1, "ghi"[draw(3)]);
    const auto what = draw(10);
    if (here.processes.empty() || what < 2) {
      here.processes.push_back(here.in.node.spawn<sleeper>());
    } else if (const auto one = here.processes[draw(here.processes.size())]; what < 6) {
      here.groups.join(group, std::vector<pid>(1 + draw(2), one));
    } else if (what < 8) {
      here.groups.leave(group, one);
    } else if (what == 8) {
      runtime::send(one, 1);
    } else {
      const auto other = full(draw(node_count));
      if (other != here.name && draw(2) == 0)
        here.in.cluster.disconnect(other);
      else if (other != here.name)
        here.in.cluster.connect(other);
    }
  }
  [[nodiscard]] bool are_equal() const {
    const auto first = places.front().seen();
    return places.at(1).seen() == first && places.at(2).seen() == first;
  }
  void connect_all() {
    for (auto& each : places)
      for (std::size_t other = 0; other < node_count; ++other)
        if (full(other) != each.name)
          each.in.cluster.connect(full(other));
  }
};

} // namespace

TEST_CASE("after joins, leaves, deaths and cuts all nodes see the same groups") {
  const auto seed = GENERATE(range(1U, 6U));
  INFO("seed " << seed);
  three nodes(seed);
  nodes.connect_all();
  for (int i = 0; i < 300; ++i)
    nodes.step();
  group_watch any_change(nodes.places.front().in.node, nodes.places.front().groups);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!nodes.are_equal() && std::chrono::steady_clock::now() < end) {
    nodes.connect_all(); // where a lost connection pauses, later
    static_cast<void>(any_change.next(std::chrono::milliseconds(20)));
  }
  for (const auto& each : nodes.places)
    UNSCOPED_INFO(each.text());
  CHECK(nodes.are_equal());
}
