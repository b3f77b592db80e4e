// Random programs on joined nodes under many schedules; a failing seed can be replayed.
#include "tests/distribution/random_nodes.hpp"

#include "tests/support/seeds.hpp"

using namespace tests;

namespace {

[[nodiscard]] std::string run(std::uint64_t seed) {
  random_nodes::world world(seed, 2 + seed % 2, 3);
  world.run(150, seed % 4 != 0);
  world.finish();
  std::string wrong;
  for (const auto& each : world.wrong())
    wrong += each + '\n';
  return wrong;
}

} // namespace

TEST_CASE("ties between nodes end exactly once, and messages keep their order") {
  const auto seeds = seeds_of(300);
  std::string wrong;
  for (auto seed = seeds.first; seed < seeds.end && wrong.empty(); ++seed)
    wrong = run(seed);
  INFO(wrong);
  CHECK(wrong.empty());
}
