// Recorded scenarios: the server shuts down.
#include "websock/connection/connection_host.hpp"
#include "websock/runtime/process/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/noted_echo.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using websock::connection_host;
using websock::testing::client;

namespace {

void drain(client& peer, std::uint16_t code = 1001) {
  peer.with_host(
      [code](connection_host& host) { host.drain({.code = code}, 0, 1, [](auto) {}); });
}

/// The deadline to drain has passed.
void give_up(client& peer) {
  peer.with_host([](connection_host& host) { host.give_up(); });
}

/// The client answers the close frame `code`, and the connection is gone.
void check_agreed(stage& on, observed& c, std::uint16_t code) {
  CHECK(c.end() == "alive");
  c.peer.close(code);
  on.node.run_until_idle();
  CHECK(c.callbacks().back() == "destroyed");
  CHECK(c.peer.is_ended());
  CHECK(c.end() == "shutdown");
  CHECK(on.node.log_lines().empty());
}

} // namespace

TEST_CASE("an idle connection is told shutdown and closes with 1001, or with 1012 when "
          "the server restarts [14]",
          "[shutdown-idle]") {
  stage on;
  observed c(on);
  const std::uint16_t code = GENERATE(as<std::uint16_t>{}, 1001, 1012);
  drain(c.peer, code);
  on.node.run_until_idle();
  CHECK(c.callbacks() == lines{"init", "terminate shutdown"});
  CHECK(heard(c.peer) == lines{"close " + std::to_string(code)});
  check_agreed(on, c, code);
  CHECK(c.callbacks() == lines{"init", "terminate shutdown", "destroyed"});
}

TEST_CASE("a server without time to drain kills: no callback, 1011 [14][16]",
          "[shutdown-brutal-kill]") {
  stage on;
  observed c(on);
  c.peer.with_host([](connection_host& host) {
    host.drain({}, 0, 1, [](auto) {});
    host.give_up();
  });
  on.node.run_until_idle();
  CHECK(c.callbacks() == lines{"init", "destroyed"});
  CHECK(heard(c.peer) == lines{"close 1011"});
  CHECK(c.peer.is_ended());
  CHECK(c.end() == "killed");
}

TEST_CASE("a callback that is busy when the server ends returns, its push goes out, then "
          "the connection closes [14]",
          "[shutdown-busy-in-time]") {
  stage on;
  client* peer = nullptr;
  script todo;
  todo.handle_in = [&](websock::message_view) {
    drain(*peer);
    on.node.pass(300ms);
    return websock::push(websock::text("done"));
  };
  observed c(on, todo);
  peer = &c.peer;
  c.peer.text("x");
  on.node.run_until_idle();
  CHECK(c.callbacks() == lines{"init", "in x", "terminate shutdown"});
  CHECK(heard(c.peer) == lines{"text done", "close 1001"});
  check_agreed(on, c, 1001);
}

TEST_CASE("a callback that is busy beyond the deadline is the last: killed [14]",
          "[shutdown-busy-too-long]") {
  stage on;
  client* peer = nullptr;
  script todo;
  todo.handle_in = [&](websock::message_view) {
    peer->with_host([](connection_host& host) {
      host.drain({}, 0, 1, [](auto) {});
      host.give_up();
    });
    on.node.pass(1500ms);
    return websock::push(websock::text("done"));
  };
  observed c(on, todo);
  peer = &c.peer;
  c.peer.text("x");
  c.peer.text("late");
  on.node.run_until_idle();
  CHECK(c.callbacks().at(1) == "in x");
  CHECK(c.callbacks().back() == "destroyed");
  for (const auto& each : c.callbacks())
    CHECK_FALSE(each.starts_with("terminate"));
  CHECK(heard(c.peer).front() == "text done");
  CHECK(heard(c.peer).back() == "close 1011");
  CHECK(c.peer.is_ended());
  CHECK(c.end() == "killed");
}

TEST_CASE("terminate that is busy beyond the deadline returns; the close frame is out, "
          "and the process is killed [14]",
          "[shutdown-terminate-slow]") {
  stage on;
  client* peer = nullptr;
  script todo;
  todo.terminate = [&] {
    give_up(*peer);
    on.node.pass(1s);
  };
  observed c(on, todo);
  peer = &c.peer;
  drain(c.peer);
  on.node.run_until_idle();
  CHECK(c.callbacks() == lines{"init", "terminate shutdown", "destroyed"});
  CHECK(heard(c.peer) == lines{"close 1001"});
  CHECK(c.peer.is_ended());
  CHECK(c.end() == "killed");
}

TEST_CASE("three clients are closed together [14]", "[shutdown-multiple-connections]") {
  tests::connection_notes notes;
  tests::running_server subject(noting(notes), {.drain = {.deadline = 60s}});
  std::vector<tests::websocket_client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(subject.port());
    notes.started.take();
  }
  auto stopping = std::async(std::launch::async, [&] { subject.server.stop(); });
  for (auto& each : clients) // each before any of them has answered
    CHECK(each.take_close() == 1001);
  for (auto& each : clients) {
    each.close(1001);
    CHECK(each.stream().is_at_end());
    each.stream().reset();
  }
  REQUIRE(stopping.wait_for(tests::patience) == std::future_status::ready);
  for (int i = 0; i < 3; ++i) {
    CHECK(notes.terminated.take() == "shutdown");
    CHECK(notes.exited.take() == "shutdown");
  }
  CHECK(notes.terminated.empty());
  CHECK(subject.log.empty());
}

TEST_CASE("messages before the end of the server are handled, later ones and frames are "
          "dropped [14]") {
  stage on;
  observed c(on);
  c.hold();
  runtime::send(c.pid(), 1);
  drain(c.peer);
  on.node.run_until_idle();
  runtime::send(c.pid(), 2);
  c.peer.text("late");
  c.go_on();
  CHECK(c.callbacks() == lines{"init", "info 1", "terminate shutdown"});
  CHECK(heard(c.peer) == lines{"close 1001"});
  check_agreed(on, c, 1001);
}

TEST_CASE("the end of the server waits for a peer that is slow to read, until the "
          "deadline [14][15]") {
  stage on;
  observed c(on, {}, {.high_mark = 50, .low_mark = 10});
  const bool reads_in_time = GENERATE(true, false);
  INFO(reads_in_time);
  c.peer.take_only(0);
  c.peer.text(std::string(100, 'y'));
  on.node.run_until_idle();
  drain(c.peer);
  on.node.run_until_idle();
  CHECK(c.callbacks().size() == 2); // suspended: it has not heard of it
  if (reads_in_time) {
    c.peer.take(1000);
    on.node.run_until_idle();
    CHECK(c.callbacks().back() == "terminate shutdown");
    CHECK(heard(c.peer).back() == "close 1001");
    check_agreed(on, c, 1001);
  } else {
    give_up(c.peer);
    on.node.run_until_idle();
    CHECK(c.callbacks().back() == "destroyed");
    CHECK(c.callbacks().size() == 3);
    CHECK(c.end() == "killed");
  }
}
