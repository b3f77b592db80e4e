// The HTTP side of a server, over real sockets: routes, refusals, keep-alive, handshakes.
#include "websock/serve/http_session.hpp"

#include "websock/runtime/process/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/noted_echo.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <chrono>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace tests;
using websock::http::request;

namespace {

websock::route_result hello(const request& from) {
  return websock::http::ok_text("hello " + std::string(from.param("name")));
}

void hello_and_echo(websock::server& server) {
  class echo final : public websock::handler {
    websock::handle_result handle_in(websock::message_view in) override {
      return websock::push(in);
    }
  };
  server.get("/hello/:name", hello).websocket<echo>("/echo");
}

/// Greets, and answers everything that comes with what it is.
class greeter final : public websock::handler {
  websock::handle_result init() override {
    return websock::push({websock::text("one"), websock::text("two")});
  }
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(websock::text("in " + std::string(in.text())));
  }
};

std::string text_of_server(std::string_view payload) {
  return "\x81" + std::string(1, static_cast<char>(payload.size()))
         + std::string(payload);
}

} // namespace

TEST_CASE("a route answers with the part of the path that it left open") {
  const running_server subject(hello_and_echo);
  tcp_client client(subject.port());
  client.send(get_request("/hello/J%C3%BCrgen?x=y"));
  const auto answer = take_answer(client);
  CHECK(answer.status == 200);
  CHECK(answer.body == "hello Jürgen");
  CHECK(answer.header("Content-Type") == "text/plain; charset=utf-8");
  CHECK(answer.header("Connection") == "keep-alive");
  CHECK_NOTHROW(tests::undated(answer.head));
}

TEST_CASE("OPTIONS is answered with what is allowed, and the socket stays") {
  const running_server subject([](websock::server& server) {
    hello_and_echo(server);
    server.route("POST", "/hooks", hello).route("OPTIONS", "/own", hello);
  });
  tcp_client client(subject.port());
  const auto allowed = [&](const std::string& target) {
    client.send("OPTIONS " + target + " HTTP/1.1\r\nHost: t\r\n\r\n");
    const auto answer = take_answer(client);
    CHECK(answer.header("Connection") == "keep-alive");
    CHECK_NOTHROW(tests::undated(answer.head));
    return std::to_string(answer.status) + " " + answer.header("Allow").value_or("");
  };
  CHECK(allowed("/hello/x") == "204 GET, HEAD, OPTIONS");
  CHECK(allowed("/echo") == "204 GET, HEAD, OPTIONS");
  CHECK(allowed("/hooks") == "204 OPTIONS, POST");
  CHECK(allowed("*") == "204 GET, HEAD, OPTIONS, POST");
  CHECK(allowed("http://t/hooks?x") == "204 OPTIONS, POST");
  CHECK(allowed("/own") == "200 ");
}

TEST_CASE("a route for another method gets the head, and its request is the last one "
          "when it has a body") {
  const running_server subject([](websock::server& server) {
    server.get("/x", hello)
        .route("POST", "/x",
               [](const request& from) -> websock::route_result {
                 return websock::http::ok_text(std::to_string(from.content_length()));
               })
        .route("PURGE", "/x", [](const request&) -> websock::route_result {
          return websock::http::ok_text("purged");
        });
  });
  tcp_client client(subject.port());
  client.send("PURGE /x HTTP/1.1\r\nHost: t\r\n\r\n");
  CHECK(take_answer(client).body == "purged");
  client.send("POST /x HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n");
  CHECK(take_answer(client).body == "0");
  client.send("DELETE /x HTTP/1.1\r\nHost: t\r\n\r\n");
  const auto refused = take_answer(client);
  CHECK(refused.status == 405);
  CHECK(refused.header("Allow") == "GET, HEAD, OPTIONS, POST, PURGE");
  tcp_client other(subject.port());
  other.send("POST /x HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello"
             + get_request("/x"));
  const auto last = take_answer(other);
  CHECK(last.body == "5");
  CHECK(last.header("Connection") == "close");
  CHECK(other.is_at_end());
}

TEST_CASE("what cannot be served is refused with the status that says why") {
  struct row {
    std::string request;
    int status;
    std::string connection;
  };
  const row rows[] = {
      {get_request("/nowhere"), 404, "close"},
      {"POST /hello/x HTTP/1.1\r\nHost: t\r\n\r\n", 405, "close"},
      {"TRACE /hello/x HTTP/1.1\r\nHost: t\r\n\r\n", 405, "close"},
      {"get /hello/x HTTP/1.1\r\nHost: t\r\n\r\n", 501, "close"},
      {"BREW /nowhere HTTP/1.1\r\nHost: t\r\n\r\n", 501, "close"},
      {"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501, "close"},
      {"GET * HTTP/1.1\r\nHost: t\r\n\r\n", 400, "close"},
      {"OPTIONS /nowhere HTTP/1.1\r\nHost: t\r\n\r\n", 404, "close"},
      {get_request("/echo"), 426, "Upgrade, close"},
      {get_request("/echo", "Upgrade: websocket\r\nConnection: Upgrade\r\n"), 400,
       "close"},
      {"GET /hello/x HTTP/1.1\r\n\r\n", 400, "close"},
      {"nonsense\r\n\r\n", 400, "close"},
      {"GET /hello/x HTTP/2.0\r\n\r\n", 505, "close"},
      {"GET /" + std::string(10'000, 'x') + " HTTP/1.1\r\n", 414, "close"},
      {"GET / HTTP/1.1\r\nX: " + std::string(10'000, 'x') + "\r\n", 431, "close"}};
  const running_server subject(hello_and_echo);
  for (const auto& each : rows) {
    CAPTURE(each.request.substr(0, 40));
    tcp_client client(subject.port());
    client.send(each.request);
    const auto answer = take_answer(client);
    CHECK(answer.status == each.status);
    CHECK(answer.header("Connection") == each.connection);
    CHECK_NOTHROW(tests::undated(answer.head));
    CHECK(client.is_at_end());
    if (each.status == 405)
      CHECK(answer.header("Allow") == "GET, HEAD, OPTIONS");
    if (each.status == 426)
      CHECK(answer.header("Sec-WebSocket-Version") == "13");
  }
  CHECK(subject.log.empty());
}

TEST_CASE("HEAD is answered as GET, without the body") {
  const running_server subject(hello_and_echo);
  tcp_client client(subject.port());
  client.send("HEAD /hello/x HTTP/1.1\r\nHost: t\r\n\r\n" + get_request("/nowhere"));
  const auto answer = take_answer(client, answer_to::head);
  CHECK(answer.status == 200);
  CHECK(answer.header("Content-Length") == "7");
  CHECK(take_answer(client).status == 404); // the next bytes are the next response
}

TEST_CASE("requests sent without waiting are answered in order") {
  const running_server subject(hello_and_echo);
  tcp_client client(subject.port());
  client.send(get_request("/hello/a") + get_request("/hello/b"));
  CHECK(take_answer(client).body == "hello a");
  CHECK(take_answer(client).body == "hello b");
  client.send(get_request("/hello/c", "Connection: close\r\n") + get_request("/hello/d"));
  const auto last = take_answer(client);
  CHECK(last.body == "hello c");
  CHECK(last.header("Connection") == "close");
  CHECK(client.is_at_end());
}

TEST_CASE("large responses to requests sent without waiting come whole and in order") {
  const std::string large(5'000'000, 'x');
  const running_server subject([&](websock::server& server) {
    server.get("/large/:end", [&](const request& from) -> websock::route_result {
      return websock::http::ok_text(large + std::string(from.param("end")));
    });
  });
  tcp_client client(subject.port());
  client.send(get_request("/large/a") + get_request("/large/b") + get_request("/large/c")
              + get_request("/large/d", "Connection: close\r\n"));
  for (const char end : {'a', 'b', 'c', 'd'})
    CHECK((take_answer(client).body == large + end));
  CHECK(client.is_at_end());
}

TEST_CASE("a request with a body is answered, then the connection ends") {
  const running_server subject(hello_and_echo);
  for (const auto* framing :
       {"Content-Length: 3000000\r\n", "Transfer-Encoding: chunked\r\n"}) {
    tcp_client client(subject.port());
    client.send(get_request("/hello/x", framing) + std::string(3'000'000, 'x'));
    const auto answer = take_answer(client);
    CHECK(answer.status == 200);
    CHECK(answer.header("Connection") == "close");
    CHECK(client.is_at_end());
  }
}

TEST_CASE("a route that throws is answered with 500 and logged in one line") {
  running_server subject([](websock::server& server) {
    server
        .get("/standard",
             [](const request&) -> websock::route_result {
               throw std::runtime_error("boom");
             })
        .get("/other", [](const request&) -> websock::route_result { throw 1; })
        .get("/files/*path", [](const request&) -> websock::route_result { throw 1; })
        .get("/hello/:name", hello);
  });
  const auto status_of = [&](const char* path) {
    tcp_client client(subject.port());
    client.send(get_request(path));
    return take_answer(client).status;
  };
  CHECK(status_of("/standard") == 500);
  CHECK(subject.log.take() == "route /standard raised: boom");
  CHECK(status_of("/other") == 500);
  CHECK(subject.log.take()
        == "route /other raised: an exception that is not a std::exception");
  CHECK(status_of("/files/a%0Aerror:%20forged") == 500);
  CHECK(subject.log.take()
        == "route /files/a%0Aerror:%20forged raised: an exception that is not a "
           "std::exception");
  CHECK(status_of("/hello/x") == 200);
  CHECK(subject.log.empty());
}

TEST_CASE("the handshake of RFC 6455 §1.2 is accepted with the key that it prints") {
  const running_server subject(hello_and_echo);
  tcp_client client(subject.port());
  client.send(upgrade_request("/echo"));
  CHECK(tests::undated(client.take_until("\r\n\r\n"))
        == "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
           "Connection: Upgrade\r\n"
           "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
}

TEST_CASE("an ordinary request may come before the handshake") {
  const running_server subject(hello_and_echo);
  tcp_client client(subject.port());
  client.send(get_request("/hello/x") + upgrade_request("/echo") + text_frame("hi"));
  CHECK(take_answer(client).body == "hello x");
  CHECK(client.take_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
  CHECK(client.take(4) == text_of_server("hi"));
}

TEST_CASE("what init pushes follows the 101, then the answers to frames behind the "
          "handshake [1]") {
  const running_server subject(
      [](websock::server& server) { server.websocket<greeter>("/"); });
  const std::string expected = text_of_server("one") + text_of_server("two")
                               + text_of_server("in a") + text_of_server("in b");
  SECTION("in one piece") {
    tcp_client client(subject.port());
    client.send(upgrade_request("/") + text_frame("a") + text_frame("b"));
    CHECK(client.take_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    CHECK(client.take(expected.size()) == expected);
  }
  SECTION("cut inside the second frame") {
    const auto last = text_frame("b");
    tcp_client client(subject.port());
    client.send(upgrade_request("/") + text_frame("a") + last.substr(0, 3));
    const auto first = expected.size() - text_of_server("in b").size();
    CHECK(client.take_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    CHECK(client.take(first) == expected.substr(0, first));
    client.send(last.substr(3));
    CHECK(client.take(expected.size() - first) == expected.substr(first));
  }
  SECTION("the whole handshake byte by byte") {
    tcp_client client(subject.port());
    for (const char each : upgrade_request("/") + text_frame("a") + text_frame("b"))
      client.send({&each, 1});
    CHECK(client.take_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    CHECK(client.take(expected.size()) == expected);
  }
}

TEST_CASE("a request that is not complete in time gets 408, an unused connection ends") {
  const running_server subject(hello_and_echo, {.handshake_timeout = 50ms});
  tcp_client unused(subject.port());
  tcp_client slow(subject.port());
  slow.send("GET / HTTP/1.1\r\nHo");
  const auto answer = take_answer(slow);
  CHECK(answer.status == 408);
  CHECK(answer.header("Connection") == "close");
  CHECK(slow.is_at_end());
  CHECK(unused.is_at_end());
}

TEST_CASE("a connection that is kept alive ends when no other request comes in time") {
  const running_server subject(hello_and_echo, {.keep_alive_timeout = 50ms});
  tcp_client client(subject.port());
  client.send(get_request("/hello/x"));
  CHECK(take_answer(client).status == 200);
  CHECK(client.is_at_end());
}

TEST_CASE("a client that ends its side is answered all the same") {
  const running_server subject(hello_and_echo);
  tcp_client client(subject.port());
  client.send(get_request("/hello/x"));
  client.end_output();
  CHECK(take_answer(client).body == "hello x");
  CHECK(client.is_at_end());
}

TEST_CASE("a client that ends its side gets a large last response whole") {
  const std::string large(20'000'000, 'x'); // more than sockets buffer
  const running_server subject([&](websock::server& server) {
    server.get("/", [&](const request&) -> websock::route_result {
      return websock::http::ok_text(large);
    });
  });
  tcp_client client(subject.port());
  client.send(get_request("/", "Connection: close\r\n"));
  client.end_output();
  CHECK((take_answer(client).body == large));
  CHECK(client.is_at_end());
}

TEST_CASE("a client that resets the connection mid-request leaves nothing behind") {
  running_server subject(hello_and_echo);
  for (int i = 0; i < 10; ++i) {
    tcp_client client(subject.port());
    client.send("GET /hello/x HT");
    client.reset();
  }
  tcp_client next(subject.port());
  next.send(get_request("/hello/x"));
  CHECK(take_answer(next).status == 200);
  CHECK(subject.log.empty());
}
