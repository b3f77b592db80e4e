// A whole connection: however the same octets are split, the output and the callbacks are
// the same. RANDOM_SEED replays a stream.
#include "tests/catch.hpp"
#include "tests/support/seeds.hpp"
#include "tests/websock/connection/scripted.hpp"
#include "tests/websock/protocol/random_stream.hpp"

#include <memory>
#include <string>

namespace runtime = websock::runtime;

using namespace websock::testing;

namespace {

struct outcome {
  std::string output;
  lines callbacks;
  bool is_ended = false;

  friend bool operator==(const outcome&, const outcome&) = default;
};

outcome run(runtime::testing::stepped_node& node, const chunks& pieces) {
  const auto work = std::make_shared<script>();
  auto peer = connect_with<scripted>(node, {}, work);
  node.run_until_idle();
  for (const auto& piece : pieces) {
    peer.raw(piece);
    node.run_until_idle();
  }
  outcome seen{peer.received(), work->log, peer.is_ended()};
  node.node().exit(peer.pid(), runtime::reason::kill);
  node.run_until_idle();
  return seen;
}

} // namespace

TEST_CASE("a connection does the same however its input is cut") {
  runtime::testing::stepped_node node(1, {.shards = 1, .pool_threads = 1});
  const auto seeds = tests::seeds_of(400);
  for (auto seed = seeds.first; seed < seeds.end; ++seed) {
    random_stream stream(seed);
    const auto octets = stream.octets();
    const auto whole = run(node, {octets});
    INFO("RANDOM_SEED=" << seed);
    REQUIRE(run(node, in_pieces(octets, 1)) == whole);
    REQUIRE(run(node, stream.cut(octets)) == whole);
  }
}
