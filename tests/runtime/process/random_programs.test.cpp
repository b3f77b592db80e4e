// Random programs under many schedules: without threads, so that a failing seed can be
// replayed, and with threads, for ThreadSanitizer.
#include "websock/runtime/server/thread_process.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/process/random_program.hpp"
#include "tests/support/seeds.hpp"

#include <chrono>
#include <string>
#include <thread>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;

namespace {

[[nodiscard]] std::string run(runtime::testing::stepped_node& node, std::uint64_t seed) {
  node.reseed(seed);
  random_programs::world world(node.node(), seed, random_programs::world::offloading::no);
  world.start(static_cast<int>(3 + seed % 5), 40);
  node.advance(1s);
  std::string wrong;
  for (const auto& each : random_programs::violations(world))
    wrong += "seed " + std::to_string(seed) + ": " + each + "\n";
  for (int i = 0; i < world.size(); ++i)
    node.node().exit(world.at(i), runtime::reason::kill);
  node.run_until_idle();
  return wrong;
}

} // namespace

TEST_CASE("random programs keep Erlang's guarantees under ten thousand schedules") {
  const auto seeds = tests::seeds_of(10'000);
  runtime::testing::stepped_node node(0, {.shards = 3, .pool_threads = 1});
  std::string wrong;
  for (auto seed = seeds.first; seed < seeds.end && wrong.empty(); ++seed)
    wrong = run(node, seed);
  INFO(wrong);
  CHECK(wrong.empty());
  CHECK(node.node().process_count() == 0);
}

TEST_CASE("random programs keep Erlang's guarantees with threads") {
  const int programs = 20;
  for (std::uint64_t seed = 1; seed <= programs; ++seed) {
    // Half of them trap exits and don't end when they are asked to.
    runtime::node node(
        {.shards = 3, .pool_threads = 1, .stop_timeout = 0ms, .log = [](auto, auto) {}});
    random_programs::world world(node, seed, random_programs::world::offloading::yes);
    world.start(6, 100);
    runtime::thread_process me(node);
    // Quiet for a while means at rest: no deed is left and no timer is longer than this.
    for (std::size_t before = 1; before != 0 || world.deeds_left() > 0;) {
      const auto size = world.trace().size();
      me.receive(40ms, [](runtime::otherwise) {});
      before = world.trace().size() - size;
    }
    const auto wrong = random_programs::violations(world);
    node.stop(); // before the world that its processes write to
    INFO("seed " << seed << ": " << (wrong.empty() ? std::string() : wrong.front()));
    CHECK(wrong.empty());
  }
}
