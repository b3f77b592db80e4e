// Recorded scenarios of Phoenix: pushes and their replies, binary messages, order.
#include "tests/catch.hpp"
#include "tests/channels/recorded/replay.hpp"

#include <chrono>

using tests::recorded::manner;
using tests::recorded::replay;

TEST_CASE("a push to a topic that is not joined is answered so", "[push_unjoined]") {
  replay("push_unjoined");
}
TEST_CASE("the forms of replies", "[push_replies]") {
  replay("push_replies");
}
TEST_CASE("references of pushes are opaque", "[push_refs]") {
  replay("push_refs");
}
TEST_CASE("any JSON is a payload of a push", "[push_payloads]") {
  replay("push_payloads");
}
TEST_CASE("an event that nobody handles crashes the channel", "[push_unknown]") {
  replay("push_unknown");
}
TEST_CASE("replies come later, in any order", "[push_async]") {
  replay("push_async");
}
TEST_CASE("a channel pushes whenever it likes", "[push_server]") {
  manner how;
  how.pause = std::chrono::milliseconds(200);
  replay("push_server", how);
}
TEST_CASE("reserved names of events reach handle_in", "[push_reserved]") {
  replay("push_reserved");
}
TEST_CASE("each channel has a state of its own", "[push_assigns]") {
  replay("push_assigns");
}
TEST_CASE("compression is not negotiated by default", "[push_compress]") {
  replay("push_compress");
}

TEST_CASE("binary pushes and replies", "[bin_reply]") {
  replay("bin_reply");
}
TEST_CASE("text is answered by binary, and the reverse", "[bin_mixed]") {
  replay("bin_mixed");
}
TEST_CASE("a binary push without references", "[bin_refs]") {
  replay("bin_refs");
}
TEST_CASE("joins, leaves and heartbeats as binary messages", "[bin_control]") {
  replay("bin_control");
}
TEST_CASE("a malformed binary message ends the connection", "[bin_malformed]") {
  replay("bin_malformed");
}
TEST_CASE("a field of a binary message that is too long crashes the channel",
          "[bin_limits]") {
  replay("bin_limits");
}

TEST_CASE("what is intercepted waits its turn", "[order_icept]") {
  replay("order_icept");
}
TEST_CASE("the channels of a socket run beside each other", "[order_two]") {
  manner how;
  how.at_once = true;
  replay("order_two", how);
}
TEST_CASE("replies of a channel keep their order", "[order_many]") {
  manner how;
  how.at_once = true;
  replay("order_many", how);
}
