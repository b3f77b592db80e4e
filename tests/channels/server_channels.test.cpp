// Channels at a path of a server, on sockets of the kernel.
#include "websock/channels.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

using namespace tests;
using namespace std::chrono_literals;
using websock::json;

namespace {

class any_socket final : public websock::channel_socket {};

/// Answers with what it gets, and with what it was constructed from.
class echo final : public websock::channel {
public:
  explicit echo(std::string name = "echo") : name_(std::move(name)) {}

private:
  websock::join_result join(std::string_view, const payload&) override {
    return ok({{"name", name_}});
  }
  websock::channel_result handle_in(std::string_view, const payload& in) override {
    return reply(in);
  }
  const std::string name_;
};

void with_rooms(websock::server& server) {
  server.channels<any_socket>("/socket")
      .channel<echo>("special:*", "special")
      .channel<echo>("kept:*", {.history = 10}, "kept")
      .channel<echo>("room:*");
}

json exchanged(websocket_client& client, std::string_view text) {
  client.text(text);
  return json::parse(client.take_text());
}

int status_of(std::uint16_t port, std::string_view request) {
  tcp_client stream(port);
  stream.send(request);
  return take_answer(stream).status;
}

} // namespace

TEST_CASE("a client joins and pushes") {
  running_server on(with_rooms);
  websocket_client client(on.port(), "/socket/websocket?vsn=2.0.0");
  CHECK(
      exchanged(client, R"(["1","1","room:a","phx_join",{}])")
      == json::parse(
          R"(["1","1","room:a","phx_reply",{"response":{"name":"echo"},"status":"ok"}])"));
  CHECK(exchanged(client, R"(["1","2","room:a","e",{"x":1}])")
        == json::parse(
            R"(["1","2","room:a","phx_reply",{"response":{"x":1},"status":"ok"}])"));
  CHECK(exchanged(client, R"(["3","3","special:a","phx_join",{}])")[4]["response"]["name"]
        == "special");
}

TEST_CASE("a route keeps a history, from which a client recovers") {
  running_server on(with_rooms);
  websocket_client first(on.port(), "/socket/websocket?vsn=2.0.0");
  const auto joined = exchanged(first, R"(["1","1","kept:a","phx_join",{}])");
  const auto answer = joined[4]["response"];
  CHECK(answer["name"] == "kept");
  CHECK(answer["recovered"] == false);
  CHECK(answer["recover"]["offset"] == 0);
  websock::channels::broadcast(on.node, "kept:a", "e", {{"x", 1}});
  const auto live = json::parse(first.take_text());
  CHECK(live[4]["recover"]["offset"] == 1);
  websocket_client second(on.port(), "/socket/websocket?vsn=2.0.0");
  const json params{{"recover", answer["recover"]}};
  const auto again =
      exchanged(second, json::array({"1", "1", "kept:a", "phx_join", params}).dump());
  CHECK(again[4]["response"]["recovered"] == true);
  CHECK(json::parse(second.take_text()) == live);
}

// Ours are the answers of any WebSocket route; connect is not asked for what is no
// handshake.
TEST_CASE("other requests are answered as by any WebSocket route", "[connect_http]") {
  running_server on(with_rooms);
  const std::string at = "/socket/websocket?vsn=2.0.0";
  CHECK(status_of(on.port(), get_request(at)) == 426);
  CHECK(status_of(on.port(),
                  "POST " + at + " HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
        == 405);
  CHECK(status_of(on.port(), get_request("/socket")) == 404);
  CHECK(status_of(on.port(), get_request("/socket/websocket/x")) == 404);
  CHECK(status_of(on.port(), upgrade_request("/socket/?vsn=2.0.0")) == 404);
  CHECK(status_of(on.port(), upgrade_request(at)) == 101);
  CHECK(status_of(on.port(), upgrade_request("/socket/websocket?vsn=9")) == 403);
  CHECK(status_of(on.port(), upgrade_request("/socket/websocket?x=%FF")) == 400);
}

TEST_CASE("a broadcast from any thread reaches clients of both versions") {
  running_server on(with_rooms);
  websocket_client second(on.port(), "/socket/websocket?vsn=2.0.0");
  websocket_client first(on.port(), "/socket/websocket");
  static_cast<void>(exchanged(second, R"(["1","1","room:a","phx_join",{}])"));
  static_cast<void>(exchanged(
      first, R"({"topic":"room:a","event":"phx_join","payload":{},"ref":"1"})"));
  websock::channels::broadcast(on.node, "room:a", "news", {{"n", 1}});
  CHECK(json::parse(second.take_text())
        == json::parse(R"([null,null,"room:a","news",{"n":1}])"));
  CHECK(json::parse(first.take_text())
        == json::parse(
            R"({"event":"news","payload":{"n":1},"ref":null,"topic":"room:a"})"));
  CHECK_THROWS_AS(
      websock::channels::broadcast(on.node, "room:a", "news", json::array({1})),
      std::invalid_argument);
}

TEST_CASE("a server that drains closes sockets with 1012") {
  running_server on(with_rooms);
  websocket_client client(on.port(), "/socket/websocket?vsn=2.0.0");
  static_cast<void>(exchanged(client, R"(["1","1","room:a","phx_join",{}])"));
  std::thread stopping([&] { on.server.stop(); });
  CHECK(client.take_close() == 1012);
  client.close(1012);
  client.stream().end_output(); // else the server waits for it, for close_timeout
  stopping.join();
}

TEST_CASE("channels are added before the server starts") {
  runtime::node node{{.shards = 1, .pool_threads = 1}};
  websock::server server(node, {.port = 0});
  auto routes = server.channels<any_socket>("/socket");
  routes.channel<echo>("room:*");
  server.start();
  CHECK_THROWS_AS(routes.channel<echo>("special:*"), std::logic_error);
  CHECK_THROWS_AS(server.channels<any_socket>("/other"), std::logic_error);
  server.stop();
  CHECK_THROWS_AS(routes.channel<echo>("special:*"), std::logic_error);
}

TEST_CASE("options and patterns out of range are refused") {
  runtime::node node{{.shards = 1, .pool_threads = 1}};
  websock::server server(node, {.port = 0});
  CHECK_THROWS_AS(server.channels<any_socket>("/a", {.max_channels = 0}),
                  std::invalid_argument);
  CHECK_THROWS_AS(server.channels<any_socket>("/b", {.timeout = 0ms}),
                  std::invalid_argument);
  auto routes = server.channels<any_socket>("/c", {.timeout = 45s});
  CHECK_THROWS_AS(routes.channel<echo>("a*b"), std::invalid_argument);
  CHECK_THROWS_AS(routes.channel<echo>("phoenix"), std::invalid_argument);
}
