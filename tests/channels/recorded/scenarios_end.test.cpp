// Recorded scenarios of Phoenix: how channels and connections end, and broadcasts.
#include "tests/catch.hpp"
#include "tests/channels/recorded/replay.hpp"

#include <string>

using tests::recorded::manner;
using tests::recorded::replay;
using websock::json;

namespace {

/// Our names for the ends of a connection.
void our_reasons(json& callback) {
  if (callback[0] != "channel.terminate")
    return;
  auto& why = callback[1][0];
  if (why == "{:shutdown, :local_closed}")
    why = "{:shutdown, :remote}"; // who closed, as seen from here
  else if (why == "{:shutdown, :peer_closed}")
    why = "{:shutdown, :closed}";
  else if (why == "{:shutdown, :read_timeout}")
    why = "{:shutdown, :timeout}";
}

[[nodiscard]] manner with_our_reasons() {
  manner how;
  how.changed_callback = our_reasons;
  return how;
}

void closes(json& step, const char* who, int code, const char* body = "") {
  if (step.contains("close") && step["from"] == "server" && step["conn"] == who)
    step["close"] = {{"code", code}, {"reason", body}};
}

} // namespace

TEST_CASE("a callback that throws ends its channel only", "[crash_handle_in]") {
  replay("crash_handle_in");
}
TEST_CASE("every end without notice is a crash, whatever its reason", "[crash_kinds]") {
  replay("crash_kinds");
}
TEST_CASE("what cannot be encoded crashes its sender", "[crash_encode]") {
  replay("crash_encode");
}
TEST_CASE("a handle_info that throws, replies or stops", "[crash_info]") {
  replay("crash_info");
}

TEST_CASE("the reason of a stop decides between close and error", "[stop_reasons]") {
  replay("stop_reasons");
}
TEST_CASE("a stop with a reply sends it first", "[stop_reply]") {
  replay("stop_reply");
}
TEST_CASE("a leave is answered, and then the channel closes", "[leave]") {
  replay("leave");
}
TEST_CASE("leaves and joins in a row", "[leave_race]") {
  manner how;
  how.at_once = true;
  how.compares_callbacks = false; // what is busy there has not begun here
  replay("leave_race", how);
}

TEST_CASE("channels end with the connection of their client", "[client_close]") {
  auto how = with_our_reasons();
  how.changed_step = [](json& step) { closes(step, "B", 1001); }; // rule 10: an echo
  replay("client_close", how);
}

TEST_CASE("a broadcast reaches everyone in the topic", "[bcast]") {
  replay("bcast");
}
TEST_CASE("broadcast_from leaves the sender out", "[bcast_from]") {
  replay("bcast_from");
}
TEST_CASE("a broadcast from outside is encoded for each version", "[bcast_outside]") {
  replay("bcast_outside");
}
TEST_CASE("disconnect closes the sockets of an id", "[bcast_disconnect]") {
  replay("bcast_disconnect");
}
TEST_CASE("other events to the id of a socket are ignored", "[bcast_id_other]") {
  replay("bcast_id_other");
}
TEST_CASE("broadcasts with reserved names go out as they are", "[bcast_reserved]") {
  replay("bcast_reserved");
}

TEST_CASE("a silent client is disconnected", "[timeout]") {
  auto how = with_our_reasons();
  how.changed_step = [](json& step) { // rule 9
    closes(step, "A", 1001, "idle timeout");
  };
  replay("timeout", how);
}
TEST_CASE("a drain closes sockets with 1012", "[drain]") {
  // Those without channels as well: they would be cut off later.
  manner how;
  how.changed_step = [](json& step) {
    if (step.value("conn", "") == "B")
      step = nullptr;
  };
  replay("drain", how);
}
TEST_CASE("a server that stops and starts again knows nothing of earlier sockets",
          "[shutdown]") {
  manner how;
  how.changed_step = [](json& step) { closes(step, "B", 1012); };
  replay("shutdown", how);
}
TEST_CASE("a new socket knows nothing of the old one", "[reconnect]") {
  replay("reconnect", with_our_reasons());
}
TEST_CASE("a socket lists its channels", "[status]") {
  replay("status");
}
