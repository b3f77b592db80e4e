// The routes that a load balancer asks, over real sockets.
#include "websock/serve/server.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/noted_echo.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/websocket_client.hpp"

#include <chrono>
#include <future>
#include <string_view>

using namespace std::chrono_literals;
using namespace tests;

namespace {

[[nodiscard]] http_answer ask(tcp_client& client, std::string_view path) {
  client.send(get_request(path));
  return take_answer(client);
}

} // namespace

TEST_CASE("a server is ready until it drains, and alive as long as it answers") {
  connection_notes notes;
  running_server subject(
      [&](websock::server& server) {
        noting(notes)(server);
        server.health("/healthz", "/readyz");
      },
      {.retry_after = 9s});
  tcp_client before(subject.port());
  CHECK(ask(before, "/healthz").status == 200);
  const auto ready = ask(before, "/readyz");
  CHECK(ready.status == 200);
  CHECK(ready.body == "ok\n");
  CHECK(ready.header("Cache-Control") == "no-store");

  websocket_client client(subject.port());
  notes.started.take();
  auto draining = std::async(std::launch::async,
                             [&] { return subject.server.drain({.deadline = 60s}); });
  CHECK(client.take_close() == 1001);
  tcp_client one(subject.port());
  tcp_client other(subject.port());
  CHECK(ask(one, "/healthz").status == 200);
  const auto leaving = ask(other, "/readyz");
  CHECK(leaving.status == 503);
  CHECK(leaving.header("Retry-After") == "9");
  client.close(1001);
  CHECK(client.stream().is_at_end());
  client.stream().reset();
  CHECK(draining.get().closed == 1);
}

TEST_CASE("HEAD asks for health as well, and POST is refused") {
  running_server subject(
      [](websock::server& server) { server.health("/healthz", "/readyz"); });
  tcp_client head(subject.port());
  head.send("HEAD /readyz HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(take_answer(head, answer_to::head).status == 200);
  tcp_client post(subject.port());
  post.send("POST /readyz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  CHECK(take_answer(post).status == 405);
}
