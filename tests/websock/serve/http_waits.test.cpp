// Requests that processes answer, over real sockets: waiting, ends of all kinds, what
// follows.
#include "websock/runtime/process/process.hpp"
#include "websock/serve/request_process.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/running_server.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using tests::get_request;
using tests::running_server;
using tests::take_answer;
using tests::tcp_client;
using websock::http::ok_text;
using websock::http::request;
using websock::http::response;
using websock::runtime::waiting;

namespace {

/// A server whose waiting routes tell who they are, and answer when told what.
struct waiting_server {
  explicit waiting_server(websock::request_options options = {.body_limit = 1'000},
                          websock::server_options of = {.max_requests = 1'000'000})
      : subject(
          [&](websock::server& server) {
            const auto poll = [this](runtime::process& self,
                                     const request& from) -> waiting<response> {
              pids.put(self.pid());
              const auto said = [](const std::string& text) { return text; };
              const auto text = co_await self.receive(runtime::infinity, said);
              co_return ok_text(*text + ' ' + std::string(from.param("name")) + " ["
                                + std::string(from.body()) + ']');
            };
            const auto stubborn = [this](runtime::process& self,
                                         const request&) -> waiting<response> {
              self.trap_exit(true);
              pids.put(self.pid());
              const auto left = [](const runtime::exit_signal& signal) {
                return to_string(signal.reason);
              };
              const auto why = co_await self.receive(runtime::infinity, left);
              reasons.put(*why);
              co_return ok_text(*why);
            };
            server.get("/poll/:name", options, poll)
                .post("/poll/:name", options, poll)
                .get("/stubborn", options, stubborn)
                .get(
                    "/peer",
                    [](runtime::process& self, const request& from) -> waiting<response> {
                      co_await self.sleep(0s);
                      co_return ok_text(from.peer() + (from.is_secure() ? " tls" : ""));
                    })
                .get("/throws",
                     [](runtime::process& self, const request&) -> waiting<response> {
                       co_await self.sleep(0s);
                       throw std::runtime_error("boom");
                     })
                .get("/exits",
                     [](runtime::process& self, const request&) -> waiting<response> {
                       co_await self.sleep(0s);
                       self.exit(runtime::reason::shutdown);
                     })
                .get("/now", [](const request&) -> websock::route_result {
                  return ok_text("now");
                });
          },
          std::move(of)) {}

  tests::channel<runtime::pid> pids;
  tests::channel<std::string> reasons;
  running_server subject;
};

} // namespace

TEST_CASE("a request waits in a process until something is sent to it") {
  waiting_server f;
  tcp_client client(f.subject.port());
  client.send(get_request("/poll/ann"));
  const auto process = f.pids.take();
  tcp_client other(f.subject.port());
  other.send(get_request("/now"));
  CHECK(take_answer(other).body == "now");
  runtime::send(process, std::string("hello"));
  const auto answer = take_answer(client);
  CHECK(answer.body == "hello ann []");
  CHECK(answer.header("Connection") == "keep-alive");
  client.send("POST /poll/bob HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc");
  runtime::send(f.pids.take(), std::string("bye"));
  CHECK(take_answer(client).body == "bye bob [abc]");
  CHECK(f.subject.server.statistics().body_bytes == 0);
  CHECK(f.subject.log.empty());
}

TEST_CASE("requests behind one that waits are answered after it, in order") {
  waiting_server f;
  tcp_client client(f.subject.port());
  client.send(get_request("/poll/a") + get_request("/now") + get_request("/poll/b"));
  const auto first = f.pids.take();
  client.send(get_request("/now") + get_request("/now", "Connection: close\r\n"));
  runtime::send(first, std::string("1"));
  CHECK(take_answer(client).body == "1 a []");
  CHECK(take_answer(client).body == "now");
  runtime::send(f.pids.take(), std::string("2"));
  CHECK(take_answer(client).body == "2 b []");
  CHECK(take_answer(client).body == "now");
  CHECK(take_answer(client).body == "now");
  CHECK(client.is_at_end());
}

TEST_CASE("HEAD is answered by the process of GET, without the body") {
  waiting_server f;
  tcp_client client(f.subject.port());
  client.send("HEAD /poll/x HTTP/1.1\r\nHost: t\r\n\r\n");
  runtime::send(f.pids.take(), std::string("hi"));
  CHECK(take_answer(client, tests::answer_to::head).header("Content-Length") == "7");
  client.send(get_request("/now"));
  CHECK(take_answer(client).body == "now");
}

TEST_CASE("a waiting request knows where it came from") {
  waiting_server f;
  tcp_client client(f.subject.port());
  client.send(get_request("/peer"));
  CHECK(take_answer(client).body.starts_with("127.0.0.1:"));
}

TEST_CASE("a process that ends without an answer gives 500; a crash is logged") {
  waiting_server f;
  for (const auto* path : {"/throws", "/exits"}) {
    tcp_client client(f.subject.port());
    client.send(get_request(path));
    CHECK(take_answer(client).status == 500);
    CHECK(client.is_at_end());
  }
  CHECK(f.subject.log.take().ends_with("exited: error: boom"));
  CHECK(f.subject.log.empty());
  tcp_client client(f.subject.port());
  client.send(get_request("/poll/x"));
  f.subject.node.exit(f.pids.take(), runtime::reason::kill);
  CHECK(take_answer(client).status == 500);
}

TEST_CASE("a process that traps exits hears that its client has ended its side, and may "
          "answer all the same") {
  waiting_server f;
  tcp_client client(f.subject.port());
  client.send(get_request("/stubborn"));
  static_cast<void>(f.pids.take());
  client.end_output();
  CHECK(f.reasons.take() == "{shutdown, \"closed\"}");
  CHECK(take_answer(client).body == "{shutdown, \"closed\"}");
  CHECK(client.is_at_end());
}

TEST_CASE("an answer that does not come in time is a 503, and the process is told") {
  waiting_server f({.answer_timeout = 50ms});
  tcp_client client(f.subject.port());
  client.send(get_request("/stubborn"));
  const auto answer = take_answer(client);
  CHECK(answer.status == 503);
  CHECK(answer.header("Connection") == "close");
  CHECK(client.is_at_end());
  CHECK(f.reasons.take() == "{shutdown, \"timeout\"}");
  CHECK(f.subject.log.take() == "route /stubborn did not answer within answer_timeout");
}

TEST_CASE("a server that stops answers waiting requests with 503") {
  waiting_server f;
  tcp_client client(f.subject.port());
  client.send(get_request("/poll/x"));
  const auto process = f.pids.take();
  f.subject.server.stop();
  CHECK(take_answer(client).status == 503);
  CHECK(client.is_at_end());
}

TEST_CASE("waiting requests make room for others when there are too many sockets") {
  waiting_server f({}, {.max_handshakes = 4, .max_handshakes_per_address = 4});
  std::vector<tcp_client> waiting_ones;
  for (int i = 0; i < 20; ++i) {
    waiting_ones.emplace_back(f.subject.port());
    waiting_ones.back().send(get_request("/poll/x"));
    static_cast<void>(f.pids.take());
  }
  CHECK(f.subject.server.statistics().handshakes_evicted >= 16);
  CHECK(take_answer(waiting_ones.front()).status == 503);
  tcp_client client(f.subject.port());
  client.send(get_request("/now"));
  CHECK(take_answer(client).body == "now");
}

TEST_CASE("clients that leave at any moment leave nothing behind") {
  waiting_server f;
  const auto before = f.subject.node.process_count();
  for (int i = 0; i < 50; ++i) {
    tcp_client client(f.subject.port());
    client.send(get_request("/poll/x"));
    if (i % 2 == 0)
      static_cast<void>(f.pids.take());
    if (i % 3 == 0)
      client.reset();
  }
  tcp_client client(f.subject.port());
  while (f.subject.node.process_count() > before) {
    client.send(get_request("/now"));
    CHECK(take_answer(client).status == 200);
  }
  CHECK(f.subject.log.empty());
}
