// A connection in the client role: how it differs from a server's, RFC 6455 §5.1, §7.1.1.
#include "websock/connection/connection.hpp"

#include "tests/catch.hpp"
#include "tests/websock/protocol/chunkings.hpp"
#include "tests/websock/serve/raw_server.hpp"

#include <chrono>
#include <set>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace websock::testing;
using websock::protocol::opcode;

namespace {

/// One whose handshake is done.
struct open_client : raw_server {
  explicit open_client(const websock::client_options& options = {}, script todo = {})
      : raw_server(options, std::move(todo)) {
    send(acceptance());
  }
};

} // namespace

TEST_CASE("every frame of a client is masked, each with a key of its own",
          "[rfc6455-5.3]") {
  open_client server;
  std::set<std::string> keys;
  std::size_t at = 0;
  for (int i = 0; i < 100; ++i) {
    server.frame(opcode::text, "Hello");
    const auto frame = server.octets().substr(at, 11);
    at += 11;
    REQUIRE(frame.substr(0, 2) == hex("81 85"));
    keys.emplace(frame.substr(2, 4));
  }
  CHECK(keys.size() == 100); // 2^-19 to fail by chance
  server.frame(opcode::ping, "p");
  server.close(1000);
  CHECK(server.frames().back() == "close 1000");
}

TEST_CASE("a masked frame from a server fails the connection with 1002",
          "[rfc6455-5.1]") {
  open_client server;
  server.send(hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"));
  CHECK(server.work->log.at(1).starts_with("terminate {error"));
  CHECK(server.frames() == lines{"close 1002"});
  CHECK(*server.ends == lines{"{shutdown, \"protocol_error\"}"});
}

TEST_CASE("a client compresses what is worth it once the server has agreed",
          "[rfc7692-6]") {
  raw_server server({.connection = {.compress = true}});
  CHECK(server.request().find("\r\nSec-WebSocket-Extensions: permessage-deflate")
        != std::string::npos);
  const std::string long_text(1'000, 'x');
  server.work->handle_in = [&](websock::message_view) {
    return websock::push(websock::text(long_text));
  };
  SECTION("agreed") {
    server.send(server.acceptance("Sec-WebSocket-Extensions: permessage-deflate\r\n"));
    server.send(hex("c1 07 f2 48 cd c9 c9 07 00")); // RFC 7692 §7.2.3.1
    CHECK(server.work->log == lines{"init", "in Hello"});
    CHECK(server.octets().at(0) == '\xC1');
    CHECK(server.octets().size() < 100);
  }
  SECTION("declined") {
    server.send(server.acceptance());
    server.frame(opcode::text, "Hello");
    CHECK(server.octets().at(0) == '\x81');
    server.send(hex("c1 07 f2 48 cd c9 c9 07 00"));
    CHECK(server.ends->front() == "{shutdown, \"protocol_error\"}");
  }
  SECTION("agreed to what was not offered") {
    server.send(server.acceptance("Sec-WebSocket-Extensions: permessage-deflate; x\r\n"));
    CHECK(server.ends->front().starts_with("connect_failed: malformed: RFC 7692"));
  }
}

TEST_CASE("after the close handshake a client waits for the server to end the stream",
          "[rfc6455-7.1.1]") {
  open_client server;
  const bool client_closes = GENERATE(false, true);
  if (client_closes) {
    server.work->handle_info = [](runtime::term) {
      return websock::stop(runtime::reason::normal);
    };
    runtime::send(server.pid, 1);
    server.node.run_until_idle();
    CHECK(server.frames() == lines{"close 1000"});
    CHECK(server.ends->empty());
  }
  server.close(1000);
  CHECK(server.frames() == lines{"close 1000"});
  CHECK(server.ends->size() == 1);
  CHECK_FALSE(server.is_ended());
  CHECK_FALSE(server.is_closed());
  SECTION("and closes its socket then") {
    server.disconnect();
  }
  SECTION("but not for ever") {
    server.node.advance(5s);
  }
  CHECK(server.is_closed());
}

TEST_CASE("a client pings a server that is silent, and gives up one that stays so",
          "[rfc6455-5.5.2]") {
  open_client server({.connection = {.timeout = 9s, .ping_interval = 4s}});
  server.node.advance(3'999ms);
  CHECK(server.frames().empty());
  server.node.advance(1ms);
  CHECK(server.frames() == lines{"ping "});
  SECTION("a pong keeps the connection") {
    for (int i = 0; i < 5; ++i) {
      server.frame(opcode::pong, "");
      server.node.advance(4s);
    }
    CHECK(server.ends->empty());
    CHECK(server.frames() == lines(6, "ping "));
  }
  SECTION("any frame does") {
    server.frame(opcode::text, "x");
    server.node.advance(8'999ms);
    CHECK(server.ends->empty());
  }
  SECTION("without one the idle timeout ends it") {
    server.node.advance(4'999ms);
    CHECK(server.ends->empty());
    server.node.advance(1ms);
    CHECK(server.frames() == lines{"ping ", "ping ", "close 1001"});
    CHECK(*server.ends == lines{"{shutdown, \"timeout\"}"});
  }
}

TEST_CASE(
    "the pings of a client come after a third of its timeout, unless it wants none") {
  SECTION("unset") {
    open_client server({.connection = {.timeout = 9s}});
    server.node.advance(3s);
    CHECK(server.frames() == lines{"ping "});
  }
  SECTION("0") {
    open_client server({.connection = {.timeout = 9s, .ping_interval = 0s}});
    server.node.advance(8'999ms);
    CHECK(server.frames().empty());
    server.node.advance(1ms);
    CHECK(server.frames() == lines{"close 1001"});
  }
}

TEST_CASE("a server that wants it pings as well") {
  fixture f({.timeout = 9s, .ping_interval = 4s});
  f.node.advance(4s);
  CHECK(f.peer.frames() == std::vector<client::frame>{{opcode::ping, ""}});
  f.peer.pong();
  f.node.advance(8s);
  CHECK(f.ends->empty());
}

TEST_CASE("a message that dribbles in meets its deadline in spite of pings") {
  open_client server(
      {.connection = {.timeout = 9s, .message_timeout = 5s, .ping_interval = 1s}});
  server.send(hex("81 05 48"));
  for (int i = 0; i < 5; ++i)
    server.node.advance(1s);
  CHECK(server.frames().back() == "close 1008");
}
