// Recorded scenarios of Phoenix: who may connect.
#include "tests/catch.hpp"
#include "tests/channels/recorded/replay.hpp"

using tests::recorded::replay;
using websock::json;

namespace {

/// The client named `who` is answered with `status` here.
void answers(json& step, const char* who, int status) {
  if (step.value("ws_open", "") == who)
    step["http_status"] = status;
}

/// Steps of the fallback to long polling are tested with that.
void without_requests(json& step) {
  if (step.contains("request"))
    step = nullptr;
}

} // namespace

TEST_CASE("a token is accepted, and nothing is sent", "[connect_ok]") {
  replay("connect_ok");
}

TEST_CASE("a refusal is answered with 403 or a response of its own",
          "[connect_refused_reason]") {
  replay("connect_refused_reason");
}

TEST_CASE("a connect that throws is answered with 500", "[connect_crash]") {
  replay("connect_crash");
}

TEST_CASE("a version that matches no serializer is refused before connect is asked",
          "[connect_vsn]") {
  replay("connect_vsn");
}

TEST_CASE("parameters are decoded as Plug does", "[connect_params]") {
  replay("connect_params");
}

TEST_CASE("an origin that does not match is refused before connect is asked",
          "[origin_default]") {
  // same_origin() compares the port as well.
  tests::recorded::manner how;
  how.changed_step = [](json& step) {
    answers(step, "C", 403);
    answers(step, "D", 403);
  };
  how.compares_callbacks = false;
  replay("origin_default", how);
}

TEST_CASE("origins are listed with schemes and ports", "[origin_list]") {
  tests::recorded::manner how;
  how.changed_step = without_requests;
  how.compares_callbacks = false; // those of long polling are among them
  replay("origin_list", how);
}

TEST_CASE("a token comes as a subprotocol", "[auth_token]") {
  tests::recorded::manner how;
  how.changed_step = [](json& step) {
    answers(step, "E", 400); // no base64: the client's fault
    answers(step, "G", 400); // twice: RFC 6455 §4.1
    answers(step, "H", 101); // the alphabet for URLs, as the prefix says
    if (step.value("ws_open", "") == "G")
      step["response_headers"] = json::object();
    if (step.value("ws_open", "") == "H")
      step["response_headers"] = {{"sec-websocket-protocol", "phoenix"}};
  };
  how.compares_callbacks = false;
  replay("auth_token", how);
}

TEST_CASE("the first subprotocol of the server that a client offers is chosen",
          "[subprotocols]") {
  replay("subprotocols");
}
