// Presence on three nodes under schedules drawn from seeds: cuts, lost messages, ends and
// restarts at every step. RANDOM_SEEDS=20000 draws more, RANDOM_SEED=n replays one.
#include "tests/channels/presence/presence_nodes.hpp"
#include "tests/support/seeds.hpp"

#include <random>

using namespace tests;

namespace {

class random_presences {
public:
  explicit random_presences(std::uint64_t seed)
      : random_(seed), nodes_(3, limits(seed)) {}

  void run() {
    nodes_.join_all();
    for (int i = 0; i < 400; ++i)
      step();
    REQUIRE_NOTHROW(end());
  }

private:
  // Some with a history so short that snapshots are needed, and those in many pieces.
  [[nodiscard]] static channels::presence_limits limits(std::uint64_t seed) {
    channels::presence_limits all;
    if (seed % 2 == 0)
      all.history_steps = 1 + seed / 2 % 12;
    if (seed % 3 != 0)
      all.message_octets = 60 + seed / 3 % 200;
    return all;
  }
  std::size_t draw(std::size_t below) { return random_() % below; }

  void step() {
    const auto i = draw(nodes_.size());
    const auto j = (i + 1 + draw(nodes_.size() - 1)) % nodes_.size();
    const auto what = draw(100);
    if (!nodes_.is_alive(i)) {
      if (what < 20)
        nodes_.start(i);
    } else if (what < 22) {
      change(i);
    } else if (what < 52) {
      nodes_.send_one(i, j);
    } else if (what < 82) {
      nodes_.deliver_one(i, j);
    } else if (what < 84) {
      nodes_.lose_one(i, j);
    } else if (what < 88) {
      nodes_.cut(i, j);
    } else if (what < 94) {
      nodes_.join(i, j);
    } else if (what < 98) {
      nodes_.pass(std::chrono::milliseconds(draw(6'000)));
      nodes_.tick(i);
    } else if (draw(3) == 0) {
      nodes_.kill(i);
    } else if (draw(4) == 0) {
      nodes_.stop(i);
    }
    if (nodes_.is_alive(i))
      REQUIRE(nodes_.told(i) == nodes_.seen(i));
  }
  void change(std::size_t i) {
    const auto local = 1 + draw(3);
    const auto& topic = presence_nodes::topics[draw(2)];
    const std::string key(1, "uvw"[draw(3)]);
    const auto what = draw(10);
    if (what < 5)
      nodes_.track(i, local, topic, key);
    else if (what < 7)
      nodes_.update(i, local, topic, key);
    else if (what < 9)
      nodes_.untrack(i, local, topic, key);
    else
      nodes_.untrack_all(i, local);
  }
  void end() {
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      if (!nodes_.is_alive(i))
        nodes_.start(i);
    nodes_.join_all();
    nodes_.beat(22); // longer than what is greyed stays
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      INFO("node " << i);
      REQUIRE(nodes_.seen(i) == nodes_.model());
      REQUIRE(nodes_.told(i) == nodes_.model());
    }
  }

  std::mt19937_64 random_;
  presence_nodes nodes_;
};

} // namespace

TEST_CASE("after the last heal every node sees who is present, and nobody else") {
  const auto all = seeds_of(1'000);
  for (auto seed = all.first; seed < all.end; ++seed) {
    INFO("seed " << seed);
    random_presences(seed).run();
  }
}
