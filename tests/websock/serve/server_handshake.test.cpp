// The server's opening handshake, over real sockets: what it agrees to, which clients it
// refuses, and slow clients.
#include "websock/runtime/process/process.hpp"
#include "websock/serve/server.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace tests;

namespace {

/// Says in `init` which subprotocol was agreed on.
class teller final : public websock::handler {
  websock::handle_result init() override {
    return websock::push(websock::text("[" + std::string(subprotocol()) + "]"));
  }
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
};

std::string text_of_server(std::string_view payload) {
  return "\x81" + std::string(1, static_cast<char>(payload.size()))
         + std::string(payload);
}

} // namespace

TEST_CASE("a handler reads the subprotocol that was agreed on", "[RFC6455 §4.2.2(5)]") {
  const running_server subject([](websock::server& server) {
    server.websocket<teller>("/", websock::with([](auto& its) {
                               its.subprotocols = {"b", "a"};
                             }));
  });
  const auto told = [&](const std::string& headers) {
    tcp_client client(subject.port());
    client.send(upgrade_request("/", headers));
    const auto head = client.take_until("\r\n\r\n");
    const auto greeting = client.take(4 + (headers.empty() ? 0 : 1));
    return std::pair(head.find("Sec-WebSocket-Protocol: ") != std::string::npos,
                     greeting);
  };
  CHECK(told("Sec-WebSocket-Protocol: a, b\r\n")
        == std::pair(true, text_of_server("[b]")));
  CHECK(told("Sec-WebSocket-Protocol: x, a\r\n")
        == std::pair(true, text_of_server("[a]")));
  CHECK(told("") == std::pair(false, text_of_server("[]")));
}

TEST_CASE("a subprotocol asked for in the constructor is a mistake that is named") {
  class early final : public websock::handler {
  public:
    early() { static_cast<void>(subprotocol()); }

  private:
    websock::handle_result handle_in(websock::message_view) override {
      return websock::ok();
    }
  };
  running_server subject([](websock::server& server) { server.websocket<early>("/"); });
  websocket_client client(subject.port());
  CHECK(client.take_close() == 1011);
  CHECK(subject.log.take().find("subprotocol() was called in the constructor")
        != std::string::npos);
}

TEST_CASE("routes start from the options of the server, and change what they like") {
  websock::upgrade_options everywhere{.subprotocols = {"house"}};
  everywhere.limits.max_message_size = 200;
  const running_server subject(
      [](websock::server& server) {
        const auto own = websock::with(
            [](websock::upgrade_options& its) { its.subprotocols = {"own"}; });
        const websock::checked_options prepared(server.defaults(), own);
        server.websocket<teller>("/default")
            .websocket<teller>("/changed", own)
            .websocket<teller>("/checked", prepared)
            .websocket<teller>("/unchanged", websock::with())
            .get("/asked",
                 [own](const websock::http::request& request) {
                   return websock::upgrade<teller>(request, own);
                 })
            .get("/handler",
                 [](const websock::http::request& request) {
                   return websock::upgrade<teller>(request);
                 })
            .get("/prepared", [prepared](const websock::http::request& request) {
              return websock::upgrade<teller>(request, prepared);
            });
      },
      {.connection = everywhere});
  struct row {
    const char* path;
    std::string greeting;
  };
  for (const auto& each :
       {row{"/default", "[house]"}, row{"/changed", "[own]"}, row{"/checked", "[own]"},
        row{"/unchanged", "[house]"}, row{"/asked", "[own]"}, row{"/handler", "[house]"},
        row{"/prepared", "[own]"}}) {
    CAPTURE(each.path);
    tcp_client client(subject.port());
    client.send(upgrade_request(each.path, "Sec-WebSocket-Protocol: own, house\r\n"));
    CHECK(client.take_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    const auto greeting = text_of_server(each.greeting);
    CHECK(client.take(greeting.size()) == greeting);
    client.send(tests::text_frame(std::string(201, 'x')));
    CHECK(client.take(4) == "\x88\x02\x03\xF1"); // 1009: the server's limit
  }
}

TEST_CASE(
    "a change of options that raises, or leaves their range, is 500 and a log line") {
  running_server subject([](websock::server& server) {
    server
        .get("/raises",
             [](const auto& request) {
               return websock::upgrade<teller>(request, websock::with([](auto&) {
                                                 throw std::runtime_error("no luck");
                                               }));
             })
        .get("/range", [](const auto& request) {
          return websock::upgrade<teller>(
              request, websock::with([](auto& its) { its.timeout = 0s; }));
        });
  });
  for (const auto& [path, line] :
       {std::pair("/raises", "route /raises raised: no luck"),
        std::pair("/range", "route /range raised: timeout is 0: ")}) {
    tcp_client client(subject.port());
    client.send(upgrade_request(path));
    CHECK(take_answer(client).status == 500);
    CHECK(subject.log.take().find(line) != std::string::npos);
  }
  CHECK(subject.server.connection_count() == 0);
}

TEST_CASE("a handler's own argument of the options' type comes behind with()") {
  class keeper final : public websock::handler {
  public:
    explicit keeper(const websock::upgrade_options& kept)
        : kept_(kept.subprotocols.front()) {}

  private:
    websock::handle_result init() override { return websock::push(websock::text(kept_)); }
    websock::handle_result handle_in(websock::message_view) override {
      return websock::ok();
    }
    const std::string kept_;
  };
  const websock::upgrade_options own{.subprotocols = {"mine"}};
  running_server subject([&](websock::server& server) {
    server.websocket<keeper>("/a", websock::with(), own)
        .get("/b", [own](const websock::http::request& request) {
          return websock::upgrade<keeper>(request, websock::with(), own);
        });
  });
  for (const auto* path : {"/a", "/b"}) {
    websocket_client client(subject.port(), path);
    CHECK(client.take_text() == "mine");
  }
}

TEST_CASE("a page of another server is refused before anything else happens",
          "[RFC6455 §10.2]") {
  running_server subject([](websock::server& server) { server.websocket<teller>("/"); });
  tcp_client foreign(subject.port());
  foreign.send(upgrade_request("/", "Origin: https://evil.example\r\n"));
  const auto refused = take_answer(foreign);
  CHECK(refused.status == 403);
  CHECK(refused.body == "RFC 6455 §10.2: pages of this Origin may not connect here");
  CHECK(refused.header("Connection") == "close");
  CHECK(foreign.is_at_end());
  CHECK(subject.server.connection_count() == 0);
  tcp_client own(subject.port());
  own.send(upgrade_request("/", "Origin: http://test\r\n")); // Host: test
  CHECK(own.take_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
}

TEST_CASE("a route refuses with any status, or adds headers to the 101") {
  const running_server subject([](websock::server& server) {
    server
        .get("/401",
             [](const auto&) -> websock::route_result {
               return websock::http::unauthorized("Bearer");
             })
        .get("/307",
             [](const auto&) -> websock::route_result {
               return websock::http::redirect("/elsewhere");
             })
        .get("/418",
             [](const auto&) -> websock::route_result {
               return websock::http::plain_status(418, "short and stout");
             })
        .get("/cookie", [](const auto& request) {
          return websock::upgrade<teller>(request, websock::with([](auto& its) {
                                            its.headers = {{"Set-Cookie", "seen=1"}};
                                          }));
        });
  });
  const auto answer_of = [&](const char* path) {
    tcp_client client(subject.port());
    client.send(upgrade_request(path));
    return take_answer(client);
  };
  CHECK(answer_of("/401").status == 401);
  CHECK(answer_of("/401").header("WWW-Authenticate") == "Bearer");
  CHECK(answer_of("/307").status == 307);
  CHECK(answer_of("/307").header("Location") == "/elsewhere");
  CHECK(answer_of("/418").status == 418);
  CHECK(answer_of("/418").body == "short and stout");
  CHECK(answer_of("/cookie").status == 101);
  CHECK(answer_of("/cookie").header("Set-Cookie") == "seen=1");
}

TEST_CASE("wrong options stop the program where they are written") {
  websock::server subject({.port = 0, .shards = 1});
  CHECK_THROWS_WITH(
      subject.websocket<teller>(
          "/", websock::with([](auto& its) { its.subprotocols = {"a b"}; })),
      "subprotocols has \"a b\": a subprotocol must be a token of RFC 9110");
  CHECK_THROWS_WITH(subject.websocket<teller>("/", websock::with([](auto& its) {
                                                its.headers = {{"Upgrade", "x"}};
                                              })),
                    "headers has \"Upgrade\": the handshake sets it itself");
  CHECK_THROWS_AS(websock::server({.connection = {.subprotocols = {""}}}),
                  std::invalid_argument);
}

TEST_CASE("slow clients, however many, do not keep a good one out") {
  running_server subject([](websock::server& server) { server.websocket<teller>("/"); },
                         {.handshake_timeout = 1h, .max_handshakes = 8});
  websocket_client connected(subject.port()); // one of those that are not counted
  std::vector<tcp_client> slow;
  for (int i = 0; i < 100; ++i) {
    slow.emplace_back(subject.port());
    slow.back().send("GET / HTTP/1.1\r\nHost: t\r\nX-" + std::to_string(i) + ": ");
  }
  websocket_client good(subject.port());
  CHECK(good.take_text() == "[]");
  good.text("at once");
  CHECK(good.take_text() == "at once");
  for (int i = 0; i < 80; ++i)
    CHECK(slow[static_cast<std::size_t>(i)].take_rest().size() < 500); // it has ended
  connected.text("still");
  CHECK(connected.take_text() == "[]");
  CHECK(connected.take_text() == "still");
}

TEST_CASE("a client may make so many requests on one socket, and then another socket") {
  const running_server subject(
      [](websock::server& server) {
        server.get("/", [](const auto&) -> websock::route_result {
          return websock::http::ok_text("x");
        });
      },
      {.max_requests = 2});
  tcp_client client(subject.port());
  client.send(get_request("/") + get_request("/") + get_request("/"));
  CHECK(take_answer(client).header("Connection") == "keep-alive");
  CHECK(take_answer(client).header("Connection") == "close");
  CHECK(client.is_at_end());
}
