// Requests with bodies, over real sockets: framing, limits, deadlines, what follows.
#include "websock/serve/http_session.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/running_server.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using tests::get_request;
using tests::running_server;
using tests::take_answer;
using tests::tcp_client;
using websock::http::request;

namespace {

websock::route_result told(const request& from) {
  return websock::http::ok_text(std::string(from.method()) + " ["
                                + std::string(from.body()) + "]");
}

void echoes(websock::server& server) {
  server.get("/", told)
      .get("/probe", told)
      .post("/", {.body_limit = 10}, told)
      .put("/", {.body_limit = 10}, told)
      .delete_("/", told)
      .route("PATCH", "/patch", {.body_limit = 1'000'000},
             [](const request& from) -> websock::route_result {
               return websock::http::ok_text(std::to_string(from.body().size()));
             });
}

std::string post(std::string_view headers, std::string_view body = {}) {
  return "POST / HTTP/1.1\r\nHost: test\r\n" + std::string(headers) + "\r\n"
         + std::string(body);
}

std::string sized(std::string_view body) {
  return post("Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

std::string chunked(std::string_view body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

/// Waits, in rounds of the server's, until its bodies take at least or at most so much.
void await_bodies(const running_server& of, std::size_t least, std::size_t most) {
  tcp_client probe(of.port());
  const auto taken = [&] { return of.server.statistics().body_bytes; };
  while (taken() < least || taken() > most) {
    probe.send(get_request("/probe"));
    REQUIRE(take_answer(probe).status == 200);
  }
}

void check_last(tcp_client& client, int status) {
  const auto answer = take_answer(client);
  CHECK(answer.status == status);
  CHECK(answer.header("Connection") == "close");
  CHECK_NOTHROW(tests::undated(answer.head));
  CHECK(client.is_at_end());
}

} // namespace

TEST_CASE("a route that takes a body gets it without its framing", "[RFC9112 §6]") {
  const running_server subject(echoes);
  tcp_client client(subject.port());
  client.send(sized("hello"));
  CHECK(take_answer(client).body == "POST [hello]");
  client.send(chunked("2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nTrailer: x\r\n\r\n"));
  CHECK(take_answer(client).body == "POST [hello]");
  client.send(sized(""));
  CHECK(take_answer(client).body == "POST []");
  client.send("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n0123456789");
  const auto answer = take_answer(client);
  CHECK(answer.body == "PUT [0123456789]");
  CHECK(answer.header("Connection") == "keep-alive");
  client.send("DELETE / HTTP/1.1\r\nHost: t\r\n\r\n");
  CHECK(take_answer(client).body == "DELETE []");
}

TEST_CASE("a body may arrive in any pieces, and requests behind it are found",
          "[RFC9112 §9.3.2]") {
  const running_server subject(echoes);
  const auto all = sized("hello") + chunked("5\r\nworld\r\n0\r\n\r\n") + get_request("/")
                   + sized("again");
  const auto check_all = [](tcp_client& client) {
    CHECK(take_answer(client).body == "POST [hello]");
    CHECK(take_answer(client).body == "POST [world]");
    CHECK(take_answer(client).body == "GET []");
    CHECK(take_answer(client).body == "POST [again]");
  };
  SECTION("at once") {
    tcp_client client(subject.port());
    client.send(all);
    check_all(client);
  }
  SECTION("byte by byte") {
    tcp_client client(subject.port());
    for (const char each : all)
      client.send({&each, 1});
    check_all(client);
  }
}

TEST_CASE("a large body comes whole") {
  const running_server subject(echoes);
  tcp_client client(subject.port());
  const std::string head = "PATCH /patch HTTP/1.1\r\nHost: t\r\n";
  client.send(head + "Content-Length: 1000000\r\n\r\n" + std::string(1'000'000, 'x'));
  CHECK(take_answer(client).body == "1000000");
  std::string chunks;
  for (int i = 0; i < 1'000; ++i)
    chunks += "3E8\r\n" + std::string(1'000, 'x') + "\r\n";
  client.send(head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n");
  CHECK(take_answer(client).body == "1000000");
  await_bodies(subject, 0, 0);
}

TEST_CASE("a body over the route's limit gets 413, as soon as it shows",
          "[RFC9110 §15.5.14]") {
  const running_server subject(echoes);
  for (const auto& sent : {post("Content-Length: 11\r\n"),
                           post("Content-Length: 11\r\nExpect: 100-continue\r\n"),
                           chunked("b\r\n"), chunked("a\r\n0123456789\r\n1\r\n")}) {
    CAPTURE(sent);
    tcp_client client(subject.port());
    client.send(sent);
    check_last(client, 413);
  }
}

TEST_CASE("a route that takes no body answers from the head, and the socket closes") {
  const running_server subject(echoes);
  tcp_client client(subject.port());
  client.send("DELETE / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello"
              + get_request("/"));
  const auto answer = take_answer(client);
  CHECK(answer.body == "DELETE []");
  CHECK(answer.header("Connection") == "close");
  CHECK(client.is_at_end());
}

TEST_CASE("framing that may lie is refused, and nothing behind it is read",
          "[RFC9112 §11.2]") {
  const running_server subject(echoes);
  for (const auto& sent :
       {post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"),
        post("Content-Length: 3, 3\r\n", "abc"),
        post("Transfer-Encoding: chunked\r\n x\r\n"), chunked("5\nhello\r\n0\r\n\r\n"),
        chunked("5\r\nhello!\r\n0\r\n\r\n"), chunked("5\r\nhell\r\n0\r\n\r\n"),
        chunked("0x5\r\nhello\r\n0\r\n\r\n"),
        chunked("00000000000000005\r\nhello\r\n0\r\n\r\n"),
        chunked("0\r\nA: b\r\n folded\r\n\r\n"), chunked("0\r\nA b\r\n\r\n")}) {
    CAPTURE(sent);
    tcp_client client(subject.port());
    client.send(sent + get_request("/"));
    check_last(client, 400);
  }
}

TEST_CASE("a client that waits for 100 gets it where its body is welcome",
          "[RFC9110 §10.1.1]") {
  const running_server subject(echoes);
  tcp_client client(subject.port());
  client.send(post("Content-Length: 5\r\nExpect: 100-Continue\r\n"));
  CHECK(client.take_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello" + post("Expect: 100-continue\r\nContent-Length: 2\r\n", "hi"));
  CHECK(take_answer(client).body == "POST [hello]");
  CHECK(take_answer(client).body == "POST [hi]"); // its body was already there
  client.send("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  client.send("world");
  CHECK(take_answer(client).body == "POST [world]");
}

TEST_CASE("other expectations get 417, and a body that is not wanted no 100",
          "[RFC9110 §10.1.1]") {
  const running_server subject(echoes);
  for (const auto* expect : {"Expect: tea", "Expect: 100-continue, tea",
                             "Expect: 100-continue\r\nExpect: 100-continue"}) {
    tcp_client client(subject.port());
    client.send(post(std::string(expect) + "\r\nContent-Length: 5\r\n"));
    check_last(client, 417);
  }
  tcp_client client(subject.port());
  client.send("DELETE / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: "
              "100-continue\r\n\r\n");
  check_last(client, 200);
}

TEST_CASE("a path says which methods it has", "[RFC9110 §15.5.6]") {
  const running_server subject(echoes);
  tcp_client client(subject.port());
  client.send("OPTIONS / HTTP/1.1\r\nHost: t\r\n\r\n");
  CHECK(take_answer(client).header("Allow") == "DELETE, GET, HEAD, OPTIONS, POST, PUT");
  client.send("PATCH / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello");
  const auto refused = take_answer(client);
  CHECK(refused.status == 405);
  CHECK(refused.header("Allow") == "DELETE, GET, HEAD, OPTIONS, POST, PUT");
  CHECK(client.is_at_end());
}

TEST_CASE("bodies together take no more memory than they may, and the next gets 503") {
  const running_server subject(
      [](websock::server& server) {
        server.get("/probe", told).post("/", {.body_limit = 60'000}, told);
      },
      {.max_body_bytes = 100'000, .max_requests = 1'000'000});
  tcp_client first(subject.port());
  first.send(post("Content-Length: 60000\r\n", std::string(59'999, 'x')));
  await_bodies(subject, 59'999, 60'000);
  tcp_client second(subject.port());
  second.send(post("Content-Length: 60000\r\n", std::string(59'999, 'x')));
  const auto refused = take_answer(second);
  CHECK(refused.status == 503);
  CHECK(refused.header("Retry-After") == "5");
  CHECK(subject.server.statistics().bodies_refused == 1);
  first.send("x");
  CHECK(take_answer(first).status == 200);
  await_bodies(subject, 0, 0);
}

TEST_CASE("a claimed length takes no memory, and a client that leaves gives it back") {
  const running_server subject(
      [](websock::server& server) {
        server.get("/probe", told).post("/", {.body_limit = 1'000'000}, told);
      },
      {.max_requests = 1'000'000});
  std::vector<tcp_client> claiming;
  for (int i = 0; i < 50; ++i) {
    claiming.emplace_back(subject.port());
    claiming.back().send(post("Content-Length: 1000000\r\n", std::string(100, 'x')));
  }
  await_bodies(subject, 50 * 100, 50 * 1'000);
  claiming.clear();
  await_bodies(subject, 0, 0);
}

TEST_CASE("options of a route out of range are refused where it is set") {
  websock::runtime::node node({.shards = 1, .pool_threads = 1});
  websock::server server(node, {.port = 0, .max_body_bytes = 1'000});
  CHECK_THROWS_WITH(server.post("/", {.body_limit = 1'001}, told),
                    "body_limit is 1001: it must be 0 to 1000 bytes (max_body_bytes)");
  CHECK_THROWS_WITH(server.post("/", {.answer_timeout = 0ms}, told),
                    "answer_timeout is 0: it must be 1 to 86400000 ms");
  CHECK_NOTHROW(server.post("/", {.body_limit = 1'000}, told));
}
