// Presence on three stepped nodes whose processes come and go while connections are cut,
// healed and lost in the middle of a message, and nodes are killed and restarted.
#include "tests/channels/presence/presence_scene.hpp"
#include "tests/support/seeds.hpp"

#include <cstdint>
#include <random>
#include <set>
#include <tuple>
#include <utility>

using namespace tests;

namespace {

class random_scene {
public:
  explicit random_scene(std::uint64_t seed)
      : random_(seed), on_(seed, 3, {}, options(seed)) {}

  void run() {
    for (int i = 0; i < 60; ++i)
      step();
    on_.nodes.net().cut_after(1'000'000'000); // not any more
    on_.join_all();
    on_.follower(0).sleep(2min); // connected again, and nothing greyed any more
    on_.join_all();
    on_.follower(0).sleep(5s);
    for (std::size_t i = 0; i < 3; ++i) {
      INFO("node " << i);
      REQUIRE(on_.people(i).list(room) == on_.people(0).list(room));
      REQUIRE(keys(i) == model());
    }
  }

private:
  [[nodiscard]] static presence_options options(std::uint64_t seed) {
    presence_options all;
    all.limits.history_steps = seed % 2 == 0 ? 4 : 1'000;
    all.limits.message_octets = seed % 3 == 0 ? 100 : 65'536;
    return all;
  }
  std::size_t draw(std::size_t below) { return random_() % below; }

  void step() {
    const auto i = draw(3);
    const auto j = (i + 1 + draw(2)) % 3;
    const auto what = draw(20);
    if (what < 6) {
      const std::string key(1, "uvwxyz"[draw(6)]);
      present_.emplace_back(i, key, on_.track(i, key));
    } else if (what < 9) {
      end_one();
    } else if (what < 11) {
      on_.nodes.cut(i, j);
    } else if (what < 13) {
      on_.nodes.heal(i, j);
      on_.nodes.cluster(i).connect(stepped_cluster::name(j));
    } else if (what == 13) {
      on_.nodes.net().cut_after(1 + draw(2'000));
    } else if (what == 14 && draw(3) == 0) {
      on_.kill_and_restart(i);
      std::erase_if(present_, [i](const auto& each) { return std::get<0>(each) == i; });
    } else if (what < 18) {
      for (auto left = draw(300); left > 0 && on_.nodes.step(); --left)
        continue;
    } else {
      on_.follower(i).sleep(std::chrono::milliseconds(draw(9'000)));
    }
  }
  void end_one() {
    if (present_.empty())
      return;
    const auto which =
        present_.begin() + static_cast<std::ptrdiff_t>(draw(present_.size()));
    presence_scene::end(std::get<2>(*which));
    present_.erase(which);
  }
  [[nodiscard]] std::multiset<std::string> model() const {
    std::multiset<std::string> all;
    for (const auto& each : present_)
      all.insert(std::get<1>(each));
    return all;
  }
  [[nodiscard]] std::multiset<std::string> keys(std::size_t i) {
    std::multiset<std::string> all;
    const auto present = on_.people(i).list(room);
    for (const auto& [key, each] : present.items())
      for (std::size_t n = 0; n < each["metas"].size(); ++n)
        all.insert(key);
    return all;
  }

  std::mt19937_64 random_;
  presence_scene on_;
  std::vector<std::tuple<std::size_t, std::string, pid>> present_;
};

} // namespace

TEST_CASE("three nodes agree on who is present, whatever has happened") {
  const auto all = seeds_of(60);
  for (auto seed = all.first; seed < all.end; ++seed) {
    INFO("seed " << seed);
    random_scene(seed).run();
  }
}
