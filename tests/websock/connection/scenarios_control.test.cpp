// Recorded scenarios: the client's pings and pongs, and missing callbacks.
#include "websock/connection/connection.hpp"

#include "tests/catch.hpp"
#include "tests/support/outcome.hpp"

#include <stdexcept>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;

namespace {

/// Has no callback but the one that it must have.
class bare final : public websock::handler {
  websock::handle_result handle_in(websock::message_view) override {
    throw std::runtime_error("boom");
  }
};

} // namespace

TEST_CASE("without handle_control and terminate, pings are answered and a close is",
          "[ctl-optional-absent]") {
  stage on;
  auto peer = websock::testing::connect<bare>(on.node);
  on.node.run_until_idle();
  const auto end = on.watch(peer.pid());
  peer.ping("p");
  peer.pong("q");
  runtime::send(peer.pid(), 1);
  on.me.sleep(150ms);
  CHECK(heard(peer) == lines{"pong p"});
  CHECK(on.end_of(end) == "alive");
  peer.close(1000);
  on.node.run_until_idle();
  CHECK(heard(peer) == lines{"pong p", "close 1000"});
  CHECK(peer.is_ended());
  CHECK(on.end_of(end) == "{shutdown, \"remote\"}");
  CHECK(on.node.log_lines().empty());
}

TEST_CASE("without terminate an exception closes with 1011 [13]",
          "[ctl-optional-absent-crash]") {
  stage on;
  auto peer = websock::testing::connect<bare>(on.node);
  on.node.run_until_idle();
  const auto end = on.watch(peer.pid());
  peer.text("p");
  on.node.run_until_idle();
  CHECK(heard(peer) == lines{"close 1011"});
  CHECK(peer.is_ended());
  CHECK(on.end_of(end) == "error: boom");
  REQUIRE(on.node.log_lines().size() == 1);
  CHECK(on.node.log_lines()[0].ends_with("raised in handle_in: error: boom"));
}

TEST_CASE("a ping is answered before what handle_control pushes", "[ctl-ping]") {
  stage on;
  script todo;
  todo.handle_control = [](websock::control_view in) {
    return websock::push(websock::text("ctl " + std::string(in.payload())));
  };
  observed c(on, todo);
  c.peer.ping("p1");
  on.node.run_until_idle();
  CHECK(heard(c.peer) == lines{"pong p1", "text ctl p1"});
  check_hang_up(on, c, {"init", "ping p1"});
}

TEST_CASE("a ping that comes while handle_in is busy is answered after it [2]",
          "[ctl-ping-while-busy]") {
  stage on;
  script todo;
  websock::testing::client* peer = nullptr;
  todo.handle_in = [&](websock::message_view) {
    on.node.pass(50ms);
    peer->ping("p");
    on.node.pass(250ms);
    CHECK(peer->received().empty());
    return websock::push(websock::text("done"));
  };
  observed c(on, todo);
  peer = &c.peer;
  c.peer.text("x");
  on.node.run_until_idle();
  CHECK(heard(c.peer) == lines{"text done", "pong p"});
  check_hang_up(on, c, {"init", "in x", "ping p"});
}

TEST_CASE("a pong that nobody asked for goes to handle_control, an empty one, too",
          "[ctl-pong]") {
  stage on;
  observed c(on);
  c.peer.pong("p2");
  c.peer.pong();
  on.node.run_until_idle();
  CHECK(c.peer.received().empty());
  check_hang_up(on, c, {"init", "pong p2", "pong "});
}
