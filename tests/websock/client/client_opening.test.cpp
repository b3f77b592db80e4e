// A client during its opening handshake, with a server whose responses the test chooses.
#include "websock/client/client_opening.hpp"

#include "websock/listen/listening_socket.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/support/certificates.hpp"
#include "tests/websock/protocol/chunkings.hpp"
#include "tests/websock/serve/raw_server.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace websock::testing;

namespace {

/// The exit reason of a client that gets this answer; its handler must not have lived.
[[nodiscard]] std::string end_of(std::string_view answer) {
  std::string end;
  for (const auto& each : chunkings(answer)) {
    raw_server server;
    for (const auto& chunk : each)
      server.send(chunk);
    REQUIRE(server.work->log.empty());
    REQUIRE(server.is_closed());
    REQUIRE(server.ends->size() == 1);
    if (!end.empty())
      REQUIRE(end == server.ends->front());
    end = server.ends->front();
  }
  return end;
}

/// An opening of which nobody lets go when it is done.
struct kept_opening {
  void start(websock::client_plan plan) {
    subject.emplace(std::move(plan));
    subject->start(shard, [this](websock::opening::result outcome) {
      told.push_back(to_string(std::get<websock::connect_failed>(outcome)));
    });
    node.run_until_idle();
  }

  runtime::testing::stepped_node node{1, {.shards = 1, .pool_threads = 1}};
  runtime::shard& shard = node.node().shard_at(0);
  lines told;
  std::optional<websock::client_opening> subject;
};

[[nodiscard]] std::string without(std::string text, std::string_view part) {
  return text.erase(text.find(part), part.size());
}

} // namespace

TEST_CASE("a client asks for the upgrade, and its handler begins with the answer",
          "[rfc6455-4.1]") {
  raw_server server({.subprotocols = {"v2", "v1"}, .headers = {{"X-Token", "t"}}});
  const std::string request(server.request());
  CHECK(request.starts_with("GET /feed HTTP/1.1\r\nHost: example.org\r\n"));
  CHECK(request.find("\r\nSec-WebSocket-Protocol: v2, v1\r\n") != std::string::npos);
  CHECK(request.find("\r\nX-Token: t\r\n") != std::string::npos);
  CHECK(server.work->log.empty());
  server.send(server.acceptance("Sec-WebSocket-Protocol: v1\r\n"));
  CHECK(server.work->log == lines{"init"});
  CHECK(server.ends->empty());
}

TEST_CASE("frames right behind the answer are handled after init, however it is cut") {
  std::string answer;
  {
    const raw_server any;
    answer = any.acceptance() + hex("81 05 48 65 6c 6c 6f 89 01 21");
  }
  for (std::size_t cut = 0; cut <= answer.size(); ++cut) {
    raw_server server; // with a key of its own
    const auto own = server.acceptance() + hex("81 05 48 65 6c 6c 6f 89 01 21");
    server.send(own.substr(0, cut));
    server.send(own.substr(cut));
    REQUIRE(server.work->log == lines{"init", "in Hello", "ping !"});
    REQUIRE(server.frames() == lines{"text Hello", "pong !"});
  }
}

TEST_CASE("other 1xx answers before the 101 are passed over", "[rfc9110-15.2]") {
  raw_server server;
  server.send(
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
  CHECK(server.work->log.empty());
  server.send(server.acceptance());
  CHECK(server.work->log == lines{"init"});
}

TEST_CASE("a request that the server takes slowly leaves in order") {
  raw_server server({}, {}, 10);
  CHECK(server.request().substr(0, 10) == "GET /feed ");
  while (!server.request().ends_with("\r\n\r\n"))
    server.take(7);
  CHECK(server.request().starts_with("GET /feed HTTP/1.1\r\nHost: example.org\r\n"));
  server.take(1'000);
  server.send(server.acceptance());
  CHECK(server.work->log == lines{"init"});
}

TEST_CASE("an answer other than 101 is the exit reason", "[rfc6455-4.1]") {
  CHECK(end_of("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc")
        == "connect_failed: refused: 404 Not Found");
  CHECK(end_of("HTTP/1.1 302 Found\r\nLocation: ws://other/\r\n\r\n")
        == "connect_failed: refused: 302 Found");
  CHECK(end_of("HTTP/1.1 200 OK\r\nUpgrade: websocket\r\n\r\n")
        == "connect_failed: refused: 200 OK");
}

TEST_CASE("an answer that is none ends the client before its handler began",
          "[rfc6455-4.1]") {
  CHECK(end_of("garbage\r\n\r\n")
        == "connect_failed: malformed: RFC 9112 §4: invalid status line");
  CHECK(end_of("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        == "connect_failed: malformed: RFC 6455 §4.1: Sec-WebSocket-Accept does not fit "
           "the key");
  CHECK(end_of("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
        == "connect_failed: malformed: RFC 6455 §4.1: Sec-WebSocket-Accept does not fit "
           "the key");
  CHECK(end_of("HTTP/1.1 101 X\r\nA" + std::string(20'000, 'a'))
        == "connect_failed: malformed: the head of the answer is too long");
}

TEST_CASE("each part of the 101 is needed, and nothing that was not offered",
          "[rfc6455-4.1]") {
  const auto end_with = [](const std::function<std::string(std::string)>& change) {
    raw_server server;
    server.send(change(server.acceptance()));
    CHECK(server.work->log.empty());
    REQUIRE(server.ends->size() == 1);
    return server.ends->front();
  };
  CHECK(end_with([](auto text) { return without(text, "Upgrade: websocket\r\n"); })
        == "connect_failed: malformed: RFC 6455 §4.1: Upgrade is not \"websocket\"");
  CHECK(end_with([](auto text) { return without(text, "Connection: Upgrade\r\n"); })
        == "connect_failed: malformed: RFC 6455 §4.1: Connection is not \"Upgrade\"");
  CHECK(
      end_with([](auto text) {
        return text.insert(text.size() - 2, "Sec-WebSocket-Protocol: v1\r\n");
      })
      == "connect_failed: malformed: RFC 6455 §4.1: a subprotocol that was not offered");
  CHECK(end_with([](auto text) {
          return text.insert(text.size() - 2, "Sec-WebSocket-Extensions: x\r\n");
        })
        == "connect_failed: malformed: RFC 6455 §4.1: an extension that was not offered");
}

TEST_CASE("a server that closes in the handshake ends the client") {
  raw_server server;
  server.send("HTTP/1.1 101 Switching");
  server.disconnect();
  CHECK(*server.ends
        == lines{"connect_failed: malformed: the peer closed the connection"});
  CHECK(server.is_closed());
}

TEST_CASE("the answer must be complete within connect_timeout, however it dribbles in") {
  raw_server server({.connect_timeout = 3s});
  server.node.advance(2s);
  server.send("HTTP/1.1 101 Switching");
  server.node.advance(999ms);
  CHECK(server.ends->empty());
  server.node.advance(1ms);
  CHECK(*server.ends == lines{"connect_failed: timeout: no connection within 3000 ms"});
  CHECK(server.is_closed());
}

TEST_CASE("connect_timeout is over with the handshake") {
  raw_server server({.connect_timeout = 3s});
  server.send(server.acceptance());
  server.node.advance(10s);
  CHECK(server.ends->empty());
}

TEST_CASE("messages wait for the connection, an exit signal does not") {
  raw_server server({.connection = {.trap_exit = true}});
  runtime::send(server.pid, 1);
  server.node.run_until_idle();
  CHECK(server.work->log.empty());
  SECTION("they come after init, before what the server sends later") {
    server.send(server.acceptance());
    server.frame(websock::protocol::opcode::text, "a");
    CHECK(server.work->log == lines{"init", "info 1", "in a"});
  }
  SECTION("more of them than the mailbox takes end it when it is there") {
    raw_server full({.connection = {.mailbox = {2, 0, runtime::when_full::close}}});
    for (int i = 0; i < 4; ++i)
      runtime::send(full.pid, i);
    full.node.run_until_idle();
    CHECK(full.ends->empty());
    full.send(full.acceptance());
    CHECK(full.work->log.at(0) == "init");
    CHECK(full.frames() == lines{"close 1013"});
  }
  SECTION("it ends the process and closes the socket") {
    server.node.node().exit(server.pid, runtime::reason::shutdown);
    server.node.run_until_idle();
    CHECK(*server.ends == lines{"shutdown"});
    CHECK(server.is_closed());
    CHECK(server.work->log.empty());
  }
}

TEST_CASE("a client whose time is up while it dials is told so once") {
  const websock::listening_socket door{websock::server_options{.port = 0}};
  kept_opening dialing; // its sockets are not looked at
  dialing.start(websock::plan_client(
      "ws://127.0.0.1:" + std::to_string(door.port()) + "/", {.connect_timeout = 3s}));
  dialing.node.advance(10s);
  CHECK(dialing.told == lines{"connect_failed: timeout: no connection within 3000 ms"});
  dialing.shard.poll(); // where the connected socket would be found
  CHECK(dialing.told.size() == 1);
}

TEST_CASE("a host for which no certificate can be ends the client, not the program",
          "[tls]") {
  const tests::temporary_folder folder;
  const auto path = folder.file("socket");
  const websock::listening_socket door{websock::server_options{.unix_path = path}};
  kept_opening dialing;
  auto plan = websock::plan_client("wss://./", {.unix_path = path});
  plan.tls = std::make_shared<const websock::tls_context>(websock::tls_client_options{});
  dialing.start(std::move(plan));
  dialing.shard.poll();
  REQUIRE(dialing.told.size() == 1);
  CHECK(dialing.told[0].starts_with("connect_failed: tls: host is \".\""));
}
