// Recorded scenarios of Phoenix: heartbeats, and joins.
#include "tests/catch.hpp"
#include "tests/channels/recorded/replay.hpp"

using tests::recorded::manner;
using tests::recorded::replay;

TEST_CASE("a heartbeat is answered by the socket itself", "[heartbeat]") {
  replay("heartbeat");
}
TEST_CASE("other events of the topic phoenix match nothing", "[heartbeat_other]") {
  replay("heartbeat_other");
}
TEST_CASE("a heartbeat in another topic is an event like others", "[heartbeat_topic]") {
  replay("heartbeat_topic");
}
TEST_CASE("a client of version 1 speaks in objects", "[v1_basic]") {
  replay("v1_basic");
}
TEST_CASE("what a client of version 1 cannot say ends its connection", "[v1_odd]") {
  replay("v1_odd");
}

TEST_CASE("a join is answered with what it returns", "[join_ok]") {
  replay("join_ok");
}
TEST_CASE("a join without a reply is answered with an empty object", "[join_empty]") {
  replay("join_empty");
}
TEST_CASE("a refused join leaves the topic free", "[join_error]") {
  replay("join_error");
}
TEST_CASE("the first route that matches a topic serves it", "[join_topics]") {
  replay("join_topics");
}
TEST_CASE("a join that throws or exits has crashed", "[join_crash]") {
  replay("join_crash");
}
TEST_CASE("a second join closes the first channel", "[join_twice]") {
  replay("join_twice");
}
TEST_CASE("a first channel that traps exits is killed after a while; the heartbeat does "
          "not wait for that",
          "[join_twice_trap]") {
  manner how;
  how.by_topic = true;
  replay("join_twice_trap", how);
}
TEST_CASE("a second join aborts what the first channel is doing", "[join_twice_busy]") {
  replay("join_twice_busy");
}
TEST_CASE("references of joins are opaque and compared strictly", "[join_refs]") {
  replay("join_refs");
}
TEST_CASE("any JSON is a payload of a join", "[join_payloads]") {
  replay("join_payloads");
}
TEST_CASE("a join is answered with a list or octets as well", "[join_reply_kinds]") {
  replay("join_reply_kinds");
}
TEST_CASE("a slow join holds up its own topic only", "[join_slow]") {
  manner how;
  how.by_topic = true;
  how.at_once = true;
  replay("join_slow", how);
}
TEST_CASE("a socket has a limit of channels", "[join_limit]") {
  replay("join_limit");
}
