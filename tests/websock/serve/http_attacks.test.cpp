// Attacks on the HTTP side, over real sockets: each limit and one more, false lengths,
// floods of requests from a client that never reads the responses.
#include "websock/serve/http_session.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/running_server.hpp"

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

using tests::get_request;
using tests::running_server;
using tests::take_answer;
using tests::tcp_client;
using websock::http::request;

namespace {

void one_page(websock::server& server) {
  server.get("/", [](const request&) -> websock::route_result {
    return websock::http::ok_text("page");
  });
}

/// The statuses of all answers to these octets, in order.
[[nodiscard]] std::vector<int> statuses(const running_server& of, std::string_view sent) {
  tcp_client client(of.port());
  client.send(sent);
  client.end_output();
  const auto all = client.take_rest();
  std::vector<int> found;
  const std::string_view start = "HTTP/1.1 ";
  for (auto at = all.find(start); at != std::string::npos;
       at = all.find(start, at + start.size()))
    found.push_back(std::stoi(all.substr(at + start.size(), 3)));
  return found;
}

[[nodiscard]] std::string with_lines(std::size_t count) {
  std::string lines;
  for (std::size_t i = 0; i < count; ++i)
    lines += "X: y\r\n";
  return lines;
}

} // namespace

TEST_CASE("what a limit of a head allows is served, one more is refused") {
  const running_server subject(
      one_page,
      {.head = {.max_request_line = 100, .max_header_line = 50, .max_headers = 10}});
  const auto target = [](std::size_t line) { // "GET  HTTP/1.1" are 13
    return "/?" + std::string(line - 13 - 2, 'x');
  };
  CHECK(statuses(subject, get_request(target(100))) == std::vector{200});
  CHECK(statuses(subject, get_request(target(101))) == std::vector{414});
  const auto header = [](std::size_t line) {
    return "X:" + std::string(line - 2, 'y') + "\r\n";
  };
  CHECK(statuses(subject, get_request("/", header(50))) == std::vector{200});
  CHECK(statuses(subject, get_request("/", header(51))) == std::vector{431});
  CHECK(statuses(subject, get_request("/", with_lines(9))) == std::vector{200});
  CHECK(statuses(subject, get_request("/", with_lines(10))) == std::vector{431});
}

TEST_CASE("a socket has as many requests as it may have, sent at once or not") {
  const running_server subject(one_page, {.max_requests = 3});
  std::string many;
  for (int i = 0; i < 100; ++i)
    many += get_request("/");
  CHECK(statuses(subject, many) == std::vector{200, 200, 200});
  tcp_client client(subject.port());
  for (int i = 0; i < 3; ++i) {
    client.send(get_request("/"));
    CHECK(take_answer(client).header("Connection") == (i < 2 ? "keep-alive" : "close"));
  }
  CHECK(client.is_at_end());
}

TEST_CASE("no request is found behind one whose length may lie", "[RFC9112 §11.2]") {
  const running_server subject(one_page);
  const auto hidden = get_request("/smuggled");
  for (const auto* framing :
       {"Content-Length: 5", "Content-Length: 18446744073709551615",
        "Content-Length: 18446744073709551616", "Content-Length: +5",
        "Content-Length: -0", "Content-Length: 0x0", "Content-Length: 0, 0",
        "Content-Length:", "Content-Length: 0\r\nContent-Length: 0",
        "Transfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 0",
        "Transfer-Encoding: identity", "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: \x0b"
        "chunked",
        "Transfer-Encoding : chunked", "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding:", "Content-Length : 0", "Content-Length: 0\n"}) {
    for (const std::string method : {"GET", "POST", "OPTIONS", "BREW"}) {
      CAPTURE(method, framing);
      const auto sent =
          method + " / HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n" + hidden;
      CHECK(statuses(subject, sent).size() == 1);
    }
  }
}

TEST_CASE("answers that nobody reads are not gathered") {
  const std::string large(1'000'000, 'x');
  std::atomic<int> calls{0};
  const running_server subject([&](websock::server& server) {
    server.get("/", [&](const request&) -> websock::route_result {
      ++calls;
      return websock::http::ok_text(large);
    });
  });
  tcp_client client(subject.port());
  std::string many;
  for (int i = 0; i < 100; ++i)
    many += get_request("/");
  client.send(many);
  tcp_client other(subject.port());
  other.send("OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(take_answer(other).status == 204);
  for (int i = 0; i < 100; ++i)
    REQUIRE(take_answer(client).body.size() == large.size());
  CHECK(calls == 100);
  // Of what the kernel holds of both ends, megabytes: nowhere near all answers.
  tcp_client silent(subject.port());
  silent.send(many);
  other.send(get_request("/", "Connection: close\r\n"));
  CHECK(take_answer(other).status == 200);
  CHECK(calls < 200);
}
