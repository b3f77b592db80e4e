// Recorded scenarios of Phoenix: presence on one node.
#include "tests/catch.hpp"
#include "tests/channels/recorded/replay.hpp"

#include <string>

using tests::recorded::manner;
using tests::recorded::replay;
using websock::json;

namespace {

// The tracker is a process of its own, which publishes the diff when the channel's turn
// is over; in the record it was faster.
void exchange_diff_and_state(json& step) {
  const std::string diff =
      R"([null,null,"room:a","presence_diff",)"
      R"({"joins":{"u1":{"metas":[{"phx_ref":"<phx_ref:1>"}]}},"leaves":{}}])";
  const std::string state =
      R"(["1",null,"room:a","presence_state",{"u1":{"metas":[{"phx_ref":"<phx_ref:1>"}]}}])";
  if (step.value("text", "") == diff)
    step["text"] = state;
  else if (step.value("text", "") == state)
    step["text"] = diff;
}

// Who closed, as seen from here.
void our_reason(json& callback) {
  if (callback[0] == "channel.terminate"
      && callback[1][0] == "{:shutdown, :local_closed}")
    callback[1][0] = "{:shutdown, :remote}";
}

// Whether the new channel hears that the old one has left depends on who is faster.
bool without_leaves(json& answer) {
  if (answer.at(3) != "presence_diff")
    return true;
  answer.at(4)["leaves"] = json::object();
  return !answer.at(4)["joins"].empty();
}

} // namespace

TEST_CASE("the state is pushed, then diffs are: the own join first", "[pres_basic]") {
  manner how;
  how.changed_callback = our_reason;
  replay("pres_basic", how);
}
TEST_CASE("updates have a leave and a join; what is not there, or twice",
          "[pres_update]") {
  replay("pres_update");
}
TEST_CASE("a channel has several keys, and leaves with all of them", "[pres_keys]") {
  replay("pres_keys");
}
TEST_CASE("presence for clients of version 1", "[pres_v1]") {
  replay("pres_v1");
}
TEST_CASE("who tracks first is in the state, and gets the diff as well",
          "[pres_state_first]") {
  manner how;
  how.changed_step = exchange_diff_and_state;
  replay("pres_state_first", how);
}
TEST_CASE("a channel that crashes or is joined twice is there once", "[pres_rejoin]") {
  manner how;
  how.is_counted = without_leaves;
  replay("pres_rejoin", how);
}
