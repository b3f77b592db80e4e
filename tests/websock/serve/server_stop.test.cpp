// Stopping a server, over real sockets: close frames, deadlines, and what is left.
#include "websock/runtime/process/process.hpp"
#include "websock/serve/server.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/noted_echo.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;

namespace {

/// Stops the server on a thread of its own while the test plays the clients.
[[nodiscard]] std::future<void> stop_in_background(websock::server& server) {
  return std::async(std::launch::async, [&server] { server.stop(); });
}

void check_over(std::future<void>& stopping) {
  REQUIRE(stopping.wait_for(tests::patience) == std::future_status::ready);
  stopping.get();
}

} // namespace

TEST_CASE("stop closes every connection with 1001 and ends when the clients have "
          "agreed [14]") {
  connection_notes notes;
  running_server subject(noting(notes), {.drain = {.deadline = 60s}});
  std::vector<websocket_client> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back(subject.port());
    notes.started.take();
  }
  auto stopping = stop_in_background(subject.server);
  for (auto& each : clients)
    CHECK(each.take_close() == 1001);
  CHECK(stopping.wait_for(0s) == std::future_status::timeout);
  tcp_client late(subject.port());
  late.send(upgrade_request("/"));
  CHECK(take_answer(late).status == 503);
  for (auto& each : clients) {
    each.close(1001);
    CHECK(each.stream().is_at_end());
    each.stream().reset();
  }
  check_over(stopping);
  for (std::size_t i = 0; i < clients.size(); ++i) {
    CHECK(notes.terminated.take() == "shutdown");
    CHECK(notes.exited.take() == "shutdown");
  }
  CHECK(notes.terminated.empty());
  CHECK(subject.server.connection_count() == 0);
  CHECK(subject.log.empty());
}

TEST_CASE("messages that were sent before stop are handled before the close") {
  class listener final : public websock::handler {
  public:
    explicit listener(tests::channel<runtime::pid>& started) : started_(started) {}

  private:
    websock::handle_result init() override {
      started_.put(self().pid());
      return websock::ok();
    }
    websock::handle_result handle_in(websock::message_view) override {
      return websock::ok();
    }
    websock::handle_result handle_info(runtime::term info) override {
      return websock::push(websock::text(std::to_string(info.get<int>())));
    }
    tests::channel<runtime::pid>& started_;
  };
  tests::channel<runtime::pid> started;
  running_server subject([&](websock::server& server) {
    server.websocket<listener>("/", std::ref(started));
  });
  websocket_client client(subject.port());
  const auto pid = started.take();
  for (int i = 0; i < 1'000; ++i)
    runtime::send(pid, i);
  auto stopping = stop_in_background(subject.server);
  for (int i = 0; i < 1'000; ++i)
    REQUIRE(client.take_text() == std::to_string(i));
  CHECK(client.take_close() == 1001);
  client.close(1001);
  CHECK(client.stream().is_at_end());
  client.stream().reset();
  check_over(stopping);
}

TEST_CASE("stop kills what has not closed before the deadline") {
  connection_notes notes;
  running_server subject(
      noting(notes), {.connection = {.close_timeout = 1h}, .drain = {.deadline = 50ms}});
  websocket_client silent(subject.port());
  websocket_client deaf(subject.port());
  notes.started.take();
  notes.started.take();
  subject.server.stop();
  for (auto* each : {&silent, &deaf}) {
    CHECK(each->take_close() == 1001);
    CHECK(each->stream().is_at_end());
    CHECK(notes.terminated.take() == "shutdown");
    CHECK(notes.exited.take() == "killed");
  }
  CHECK(notes.terminated.empty());
  CHECK(subject.server.connection_count() == 0);
}

TEST_CASE("stop does not wait for a client that takes nothing") {
  class flooder final : public websock::handler {
  public:
    explicit flooder(connection_notes& notes) : notes_(notes) {}

  private:
    websock::handle_result init() override {
      self().spawn<tests::exit_watcher>(self().pid(), std::ref(notes_.started),
                                        std::ref(notes_.exited));
      // More than the sockets hold: the process is suspended.
      return websock::push(websock::binary(std::string(60'000'000, 'x')));
    }
    websock::handle_result handle_in(websock::message_view) override {
      return websock::ok();
    }
    connection_notes& notes_;
  };
  connection_notes notes;
  running_server subject(
      [&](websock::server& server) { server.websocket<flooder>("/", std::ref(notes)); },
      {.drain = {.deadline = 50ms}});
  websocket_client client(subject.port());
  CHECK(client.stream().take(10).starts_with("\x82\x7F"));
  notes.started.take();
  subject.server.stop();
  CHECK(notes.exited.take() == "killed");
}

TEST_CASE("stop ends sockets that are no connections yet") {
  // One shard: when the last client is answered, the request before has begun as well.
  websock::server subject({.port = 0, .drain = {.deadline = 1h}, .shards = 1});
  subject.get("/hello", [](const websock::http::request&) -> websock::route_result {
    return websock::http::ok_text("");
  });
  subject.start();
  tcp_client unused(subject.port());
  tcp_client half(subject.port());
  half.send(upgrade_request("/").substr(0, 40));
  tcp_client kept(subject.port());
  kept.send(get_request("/hello"));
  CHECK(take_answer(kept).status == 200);
  subject.stop();
  CHECK(half.take_until("\r\n") == "HTTP/1.1 503 Service Unavailable\r\n");
  for (auto* each : {&unused, &kept})
    CHECK(each->is_at_end());
}

TEST_CASE("clients that connect while the server stops end, too") {
  for (int round = 0; round < 20; ++round) {
    connection_notes notes;
    running_server subject(noting(notes), {.drain = {.deadline = 50ms}});
    std::vector<tcp_client> clients;
    for (int i = 0; i < 20; ++i) {
      clients.emplace_back(subject.port());
      clients.back().send(upgrade_request("/"));
    }
    subject.server.stop();
    CHECK(subject.server.connection_count() == 0);
    for (auto& each : clients)
      static_cast<void>(each.take_rest());
  }
}

TEST_CASE("a server may be stopped twice, or never started") {
  connection_notes notes;
  websock::server never({.port = 0, .shards = 1});
  never.stop();
  never.stop();
  running_server subject(noting(notes), {.drain = {.deadline = 50ms}});
  websocket_client client(subject.port());
  subject.server.stop();
  subject.server.stop();
  CHECK(client.take_close() == 1001);
  CHECK(client.stream().is_at_end());
  CHECK_THROWS_WITH(subject.server.start(),
                    "start: this server was stopped, and serves no more");
}

TEST_CASE("a started server that is destroyed stops, with the node that it made") {
  connection_notes notes;
  std::optional<websock::server> subject(
      std::in_place,
      websock::server_options{.port = 0, .drain = {.deadline = 50ms}, .shards = 2});
  subject->websocket<noted_echo>("/", std::ref(notes)).start();
  websocket_client client(subject->port());
  subject.reset();
  CHECK(client.take_close() == 1001);
  CHECK(client.stream().is_at_end());
  CHECK(notes.terminated.take() == "shutdown");
}

TEST_CASE("a node of somebody else goes on when the server has stopped, and may serve "
          "again") {
  connection_notes notes;
  runtime::node node({.shards = 2, .pool_threads = 1});
  for (int i = 0; i < 2; ++i) {
    websock::server subject(node, {.port = 0, .drain = {.deadline = 50ms}});
    subject.websocket<noted_echo>("/", std::ref(notes)).start();
    websocket_client client(subject.port());
    notes.started.take();
    client.text("x");
    CHECK(client.take_text() == "x");
    subject.stop();
    CHECK(notes.exited.take() == "killed");
  }
  tests::channel<int> ran;
  node.spawn([&](runtime::process&) { ran.put(1); });
  CHECK(ran.take() == 1);
}

TEST_CASE("two servers share a node, and one stops without the other") {
  connection_notes notes;
  runtime::node node({.shards = 2, .pool_threads = 1});
  websock::server staying(node, {.port = 0, .drain = {.deadline = 50ms}});
  staying.websocket<noted_echo>("/", std::ref(notes)).start();
  websocket_client client(staying.port());
  {
    websock::server leaving(node, {.port = 0, .drain = {.deadline = 50ms}});
    leaving.websocket<noted_echo>("/", std::ref(notes)).start();
    websocket_client other(leaving.port());
    leaving.stop();
    CHECK(other.take_close() == 1001);
  }
  client.text("x");
  CHECK(client.take_text() == "x");
  CHECK(staying.connection_count() == 1);
}

TEST_CASE("a server whose node was stopped before it ends at once") {
  connection_notes notes;
  runtime::node node({.shards = 2, .pool_threads = 1});
  websock::server subject(node, {.port = 0});
  subject.websocket<noted_echo>("/", std::ref(notes)).start();
  websocket_client client(subject.port());
  CHECK(notes.started.take().is_alive());
  node.stop();
  CHECK(client.take_close() == 1001);
  subject.stop();
  CHECK(client.stream().is_at_end());
}
