// Draining a server, over real sockets: what connected and new clients see, and signals.
#include "websock/runtime/process/process.hpp"
#include "websock/serve/server.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/noted_echo.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <future>
#include <string>
#include <system_error>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using websock::drain_options;
using websock::drain_result;

namespace {

/// As `noting`, with a page that says whether the server drains.
[[nodiscard]] std::function<void(websock::server&)> echo(connection_notes& notes) {
  return [&notes](websock::server& server) {
    noting(notes)(server);
    server.get("/health", [&](const websock::http::request&) -> websock::route_result {
      return server.is_draining() ? websock::http::plain_status(503, "leaving")
                                  : websock::http::ok_text("fine");
    });
  };
}

[[nodiscard]] std::future<drain_result> in_background(websock::server& server,
                                                      const drain_options& how) {
  return std::async(std::launch::async, [&server, how] { return server.drain(how); });
}

[[nodiscard]] drain_result result_of(std::future<drain_result>& draining) {
  REQUIRE(draining.wait_for(tests::patience) == std::future_status::ready);
  return draining.get();
}

void agree(websocket_client& client, std::uint16_t code) {
  CHECK(client.take_close() == code);
  client.close(code);
  CHECK(client.stream().is_at_end());
  client.stream().reset();
}

} // namespace

TEST_CASE("a drain spreads close frames, and says how many closed [14]") {
  connection_notes notes;
  running_server subject(echo(notes));
  std::vector<websocket_client> clients;
  for (int i = 0; i < 20; ++i) {
    clients.emplace_back(subject.port());
    notes.started.take();
  }
  auto draining = in_background(
      subject.server, {.deadline = 60s, .batch = 4, .jitter = 5ms, .code = 1012});
  for (auto& each : clients)
    agree(each, 1012);
  CHECK(result_of(draining) == drain_result{.closed = 20, .killed = 0});
  for (std::size_t i = 0; i < clients.size(); ++i) {
    CHECK(notes.terminated.take() == "shutdown");
    CHECK(notes.exited.take() == "shutdown");
  }
  CHECK(subject.server.connection_count() == 0);
  CHECK_THROWS_AS(tcp_client(subject.port()), std::system_error); // nobody listens
}

TEST_CASE("who comes during a drain gets 503, a route may tell, and the port closes at "
          "the end") {
  connection_notes notes;
  running_server subject(echo(notes), {.retry_after = 9s});
  tcp_client probe(subject.port());
  probe.send(get_request("/health"));
  CHECK(take_answer(probe).body == "fine");
  websocket_client client(subject.port());
  notes.started.take();
  auto draining = in_background(subject.server, {.deadline = 60s});
  CHECK(client.take_close() == 1001);

  tcp_client late(subject.port());
  late.send(upgrade_request("/"));
  const auto refused = take_answer(late);
  CHECK(refused.status == 503);
  CHECK(refused.header("Retry-After") == "9");
  CHECK(refused.header("Connection") == "close");
  CHECK(late.is_at_end());
  probe.send(get_request("/health"));
  CHECK(take_answer(probe).body == "leaving");
  CHECK(probe.is_at_end());
  CHECK(draining.wait_for(0s) == std::future_status::timeout);

  client.close(1001);
  CHECK(client.stream().is_at_end());
  client.stream().reset();
  CHECK(result_of(draining) == drain_result{.closed = 1, .killed = 0});
  CHECK_THROWS_AS(tcp_client(subject.port()), std::system_error);
}

TEST_CASE("a drain may close the port at once, for a successor") {
  connection_notes notes;
  running_server subject(echo(notes));
  websocket_client client(subject.port());
  notes.started.take();
  auto draining = in_background(
      subject.server, {.deadline = 60s, .new_clients = websock::newcomers::find_no_port});
  CHECK(client.take_close() == 1001);
  CHECK_THROWS_AS(tcp_client(subject.port()), std::system_error);
  websock::server successor(subject.node, {.port = subject.port()});
  successor.websocket<noted_echo>("/", std::ref(notes)).start();
  websocket_client next(subject.port());
  next.text("x");
  CHECK(next.take_text() == "x");
  client.close(1001);
  CHECK(client.stream().is_at_end());
  client.stream().reset();
  CHECK(result_of(draining) == drain_result{.closed = 1, .killed = 0});
}

TEST_CASE("a drain that is cut short kills what is left") {
  connection_notes notes;
  running_server subject(echo(notes), {.connection = {.close_timeout = 1h}});
  websocket_client silent(subject.port());
  notes.started.take();
  SECTION("while it goes on") {
    auto draining = in_background(subject.server, {.deadline = 1h});
    CHECK(silent.take_close() == 1001);
    subject.server.cut_short();
    CHECK(result_of(draining) == drain_result{.closed = 0, .killed = 1});
  }
  SECTION("before it begins") {
    subject.server.cut_short();
    CHECK(subject.server.drain({.deadline = 1h})
          == drain_result{.closed = 0, .killed = 1});
  }
  CHECK(notes.exited.take() == "killed");
}

TEST_CASE("a server drains once, and only while it runs; the options are checked") {
  connection_notes notes;
  websock::server never({.port = 0, .shards = 1});
  CHECK(never.drain({}) == drain_result{});
  running_server subject(echo(notes));
  CHECK_THROWS_AS(subject.server.drain({.code = 1000}), std::invalid_argument);
  CHECK_FALSE(subject.server.is_draining());
  CHECK(subject.server.drain({}) == drain_result{});
  CHECK(subject.server.is_draining());
  CHECK(subject.server.drain({}) == drain_result{});
}

TEST_CASE("clients that keep asking do not hold up the end of a drain") {
  connection_notes notes;
  running_server subject(echo(notes));
  websocket_client client(subject.port());
  notes.started.take();
  auto draining = in_background(subject.server, {.deadline = 1h});
  CHECK(client.take_close() == 1001);
  std::vector<tcp_client> staying; // refused, and they do not close
  for (int i = 0; i < 10; ++i) {
    staying.emplace_back(subject.port());
    staying.back().send(upgrade_request("/"));
    CHECK(take_answer(staying.back()).status == 503);
  }
  client.close(1001);
  CHECK(client.stream().is_at_end());
  client.stream().reset();
  CHECK(result_of(draining) == drain_result{.closed = 1, .killed = 0});
}

TEST_CASE("run drains at SIGTERM, and another signal cuts that short") {
  connection_notes notes;
  tests::channel<std::string> log;
  runtime::node node{{.shards = 2,
                      .pool_threads = 1,
                      .slow_turn = 0ms,
                      .log = [&](runtime::log_level level, std::string_view line) {
                        if (level != runtime::log_level::info)
                          log.put(std::string(line));
                      }}};
  websock::server subject(node, {.port = 0,
                                 .connection = {.close_timeout = 1h},
                                 .drain = {.deadline = 1h, .code = 1012}});
  subject.websocket<noted_echo>("/", std::ref(notes));
  tests::channel<std::uint16_t> started;
  auto running = std::async(std::launch::async, [&] {
    return subject.run([&] { started.put(subject.port()); });
  });
  const auto port = started.take();
  websocket_client polite(port);
  websocket_client silent(port);
  ::kill(::getpid(), SIGTERM);
  agree(polite, 1012);
  CHECK(silent.take_close() == 1012);
  CHECK(running.wait_for(0s) == std::future_status::timeout);
  ::kill(::getpid(), SIGINT);
  REQUIRE(running.wait_for(tests::patience) == std::future_status::ready);
  CHECK(running.get() == 0);
  CHECK(log.take() == "connections that did not close in time and were killed: 1");
  CHECK(silent.stream().is_at_end());
}

TEST_CASE("run without a second signal ends when everybody has gone") {
  connection_notes notes;
  websock::server subject({.port = 0, .drain = {.deadline = 1h}, .shards = 1});
  subject.websocket<noted_echo>("/", std::ref(notes));
  tests::channel<std::uint16_t> started;
  auto running = std::async(std::launch::async, [&] {
    return subject.run([&] { started.put(subject.port()); });
  });
  websocket_client client(started.take());
  ::kill(::getpid(), SIGINT);
  agree(client, 1001);
  REQUIRE(running.wait_for(tests::patience) == std::future_status::ready);
  CHECK(running.get() == 0);
}
