// Recorded scenarios of Phoenix: two nodes. What callbacks hear was recorded on one of
// them only, and is that of the other scenarios.
#include "tests/catch.hpp"
#include "tests/channels/recorded/replay.hpp"

#include <string>

using tests::recorded::manner;
using tests::recorded::replay;

namespace {

void replay_frames(const std::string& id) {
  manner how;
  how.compares_callbacks = false;
  replay(id, how);
}

} // namespace

TEST_CASE("broadcasts and disconnects reach the other node", "[cluster_broadcast]") {
  replay_frames("cluster_broadcast");
}
TEST_CASE("one key on two nodes has two metas", "[cluster_presence]") {
  replay_frames("cluster_presence");
}
TEST_CASE("who is behind a cut leaves after a while, and comes back the same",
          "[cluster_split]") {
  replay_frames("cluster_split");
}
TEST_CASE("a node that was killed has left for good", "[cluster_kill]") {
  replay_frames("cluster_kill");
}
TEST_CASE("a node that stops in order closes its sockets, and all there leave",
          "[cluster_stop]") {
  replay_frames("cluster_stop");
}
