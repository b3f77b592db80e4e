// What a cut costs: octets on the wire until all nodes agree again, against the changes
// that had to be told.
#include "tests/channels/presence/presence_scene.hpp"

#include <cstdint>
#include <string>

using namespace tests;

namespace {

constexpr int entries = 10'000; // of each node
constexpr int changes = 1'000;  // on each side of the cut

[[nodiscard]] std::string topic_of(int i) {
  return "room:" + std::to_string(i % 100);
}
[[nodiscard]] json meta_of(int i) {
  return {{"name", "user " + std::to_string(i)}, {"status", "online"}, {"device", "web"}};
}

/// Counts topic, key and meta of each change: what a message about it can't do without.
class changing_node {
public:
  changing_node(presence_scene& on, std::size_t node)
      : people_(on.people(node)), who_(on.nodes.node(node).spawn<puppet>()),
        name_(std::to_string(node)) {}

  void fill() {
    for (int i = 0; i < entries; ++i)
      people_.track(who_, topic_of(i), key(i), meta_of(i));
  }
  /// Returns the octets. Four of ten are new entries, three are updates, three leave.
  [[nodiscard]] std::uint64_t change() {
    std::uint64_t octets = 0;
    for (int i = 0; i < changes; ++i) {
      const auto what = i % 10;
      const auto which = what < 4 ? entries + i : i;
      const auto topic = topic_of(which);
      octets += topic.size() + key(which).size();
      if (what >= 7) {
        people_.untrack(who_, topic, key(which));
        continue;
      }
      if (what < 4)
        people_.track(who_, topic, key(which), meta_of(which));
      else
        people_.update(who_, topic, key(which), {{"status", "away"}});
      octets += people_.get_by_key(topic, key(which))["metas"][0].dump().size();
    }
    return octets;
  }

private:
  [[nodiscard]] std::string key(int i) const { return name_ + '-' + std::to_string(i); }

  presence& people_;
  const pid who_;
  const std::string name_;
};

[[nodiscard]] bool are_equal(presence_scene& on) {
  for (int i = 0; i < 100; ++i)
    for (std::size_t node = 1; node < 3; ++node)
      if (on.people(node).list_text(topic_of(i)) != on.people(0).list_text(topic_of(i)))
        return false;
  return true;
}

} // namespace

TEST_CASE("after a cut, at most one and a half times the changes crosses") {
  presence_scene on(1, 3);
  std::vector<changing_node> nodes;
  for (std::size_t i = 0; i < 3; ++i)
    nodes.emplace_back(on, i).fill();
  on.nodes.run_until_idle(100'000'000);
  REQUIRE(are_equal(on));
  const auto whole = on.nodes.net().arrived();

  on.nodes.cut(0, 1);
  on.nodes.cut(0, 2);
  const auto one_side = nodes[0].change();
  const auto other_side = nodes[1].change(); // nodes 1 and 2 are together
  on.follower(0).sleep(10s);
  const auto before = on.nodes.net().arrived();
  on.join_all();
  CHECK(are_equal(on)); // at once: before the next heartbeat
  const auto octets = on.nodes.net().arrived() - before;
  const auto needed = 2 * one_side + other_side; // node 0's reach two nodes
  WARN("presence: 3 x " << entries << " entries told in " << whole
                        << " octets; cut of 10 s, 2 x " << changes << " changes: "
                        << octets << " octets for " << needed << " of changes, ratio "
                        << static_cast<double>(octets) / static_cast<double>(needed));
  CHECK(octets * 2 <= needed * 3);
}
