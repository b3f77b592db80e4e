// Bodies and waiting requests without threads, sockets or time: deadlines, ends of all
// kinds, memory.
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/serve/http_service.hpp"
#include "websock/serve/http_session.hpp"
#include "websock/serve/server_shard.hpp"
#include "websock/testing/memory/memory_transport.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::waiting;
using runtime::testing::stepped_node;
using websock::http::ok_text;
using websock::http::request;
using websock::http::response;
using websock::testing::memory_pipe;
using websock::testing::memory_transport;

namespace {

using lines = std::vector<std::string>;

struct fixture {
  explicit fixture(websock::server_options options = {})
      : service(node.node(), std::move(options)) {
    service.routes.add("POST", "/", {{.body_limit = 100'000}, [](const request& from) {
                                       return websock::route_result(
                                           ok_text(std::to_string(from.body().size())));
                                     }});
    add_poll("GET", "/poll", {.answer_timeout = 30s}, exits::untrapped);
    add_poll("POST", "/poll", {.body_limit = 100'000}, exits::untrapped);
    add_poll("GET", "/trapping", {.answer_timeout = 30s}, exits::trapped);
  }
  ~fixture() {
    run([this] { subject.close(); });
  }

  std::shared_ptr<memory_pipe> connect(const std::string& octets = {}) {
    auto pipe = std::make_shared<memory_pipe>(shard);
    run([&] { subject.accept(std::make_unique<memory_transport>(pipe)); });
    send(*pipe, octets);
    return pipe;
  }
  void send(memory_pipe& to, const std::string& octets) {
    to.to_server += octets;
    to.notify();
    node.run_until_idle();
  }
  void end(memory_pipe& client) {
    client.client_ended = true;
    client.notify();
    node.run_until_idle();
  }
  void run(std::function<void()> work) {
    shard.post([work = std::move(work)](runtime::shard&) { work(); });
    node.run_until_idle();
  }
  void say(const runtime::pid& to, const std::string& text) {
    runtime::send(to, text);
    node.run_until_idle();
  }
  [[nodiscard]] std::size_t processes() { return node.node().process_count(); }

  stepped_node node{1, {.shards = 1, .pool_threads = 1}};
  runtime::shard& shard = node.node().shard_at(0);
  std::vector<runtime::pid> polls; // the processes that wait, and those that did
  lines ends;                      // what those that trap exits were told
  websock::http_service service;
  websock::server_shard subject{service, shard};

private:
  enum class exits { trapped, untrapped };

  // Answers what it is told; one that traps exits goes on until then.
  void add_poll(const char* method, const char* path, websock::request_options options,
                exits how) {
    service.routes.add(
        method, path,
        {options,
         [this, how](runtime::process& self, const request& from) -> waiting<response> {
           self.trap_exit(how == exits::trapped);
           polls.push_back(self.pid());
           for (;;) {
             const auto said = [](const std::string& text) { return text; };
             const auto ended = [this](const runtime::exit_signal& signal) {
               ends.push_back(to_string(signal.reason));
               return std::string();
             };
             const auto text = co_await self.receive(runtime::infinity, said, ended);
             if (!text->empty())
               co_return ok_text(*text + std::string(from.body()));
           }
         }});
  }
};

const std::string half = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50000\r\n\r\n";

std::string chunked(const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
}

std::string status_of(const memory_pipe& client) {
  return client.to_client.substr(0, 12);
}

} // namespace

TEST_CASE("a body that dribbles in meets its deadline, however it dribbles") {
  fixture f({.body_timeout = 10s});
  const auto [begin, dribble] =
      GENERATE(table<std::string, std::string>({{half, "x"},
                                                {chunked("8000\r\n"), "x"},
                                                {chunked(""), "1\r\nx\r\n"},
                                                {chunked(""), "0"},
                                                {chunked("1;"), "x"},
                                                {chunked("0\r\nA:"), "x"}}));
  const auto client = f.connect(begin);
  for (int i = 0; i < 10; ++i) {
    CHECK(client->to_client.empty());
    f.send(*client, dribble);
    f.node.advance(1s);
  }
  CHECK(status_of(*client) == "HTTP/1.1 408");
  CHECK(client->server_ended);
}

TEST_CASE("a body that grows by body_progress gets more time") {
  fixture f({.body_timeout = 10s, .body_progress = 1'000});
  const auto client = f.connect(half);
  for (int i = 0; i < 49; ++i) {
    f.send(*client, std::string(1'000, 'x'));
    f.node.advance(9s);
    CHECK(client->to_client.empty());
  }
  SECTION("and is answered when it is whole") {
    f.send(*client, std::string(1'000, 'x'));
    CHECK(client->to_client.ends_with("\r\n\r\n50000"));
    f.node.advance(59s);
    CHECK_FALSE(client->server_closed);
  }
  SECTION("but must go on growing") {
    f.send(*client, std::string(999, 'x'));
    f.node.advance(1s);
    CHECK(status_of(*client) == "HTTP/1.1 408");
  }
  f.node.advance(100s);
  CHECK(f.service.bodies->taken() == 0);
}

TEST_CASE("without body_progress the whole body must come within its time") {
  fixture f({.body_timeout = 10s, .body_progress = 0});
  const auto client = f.connect(half);
  f.node.advance(9s);
  f.send(*client, std::string(49'999, 'x'));
  f.node.advance(1s);
  CHECK(status_of(*client) == "HTTP/1.1 408");
}

TEST_CASE("a 100 that the client does not read is no reason to wait for ever") {
  fixture f({.body_timeout = 10s});
  const auto client = f.connect();
  client->window = 3;
  f.send(*client, "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                  "Content-Length: 2\r\n\r\n");
  CHECK(client->to_client == "HTT");
  SECTION("the body follows when it has been read") {
    client->window = 1'000;
    f.send(*client, "hi");
    CHECK(client->to_client.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 "));
  }
  SECTION("or never") {
    f.node.advance(10s);
    CHECK(client->server_closed);
  }
}

TEST_CASE("half a body is answered with 503 when its server ends, and gives its memory "
          "back") {
  fixture f;
  const auto client = f.connect(half + std::string(20'000, 'x'));
  CHECK(f.service.bodies->taken() >= 20'000);
  f.run([&] { f.subject.close(); });
  CHECK(status_of(*client) == "HTTP/1.1 503");
  CHECK(client->server_closed);
  CHECK(f.service.bodies->taken() == 0);
}

TEST_CASE("a socket with half a body makes room like one with half a head") {
  fixture f({.max_handshakes = 3});
  std::vector<std::shared_ptr<memory_pipe>> clients;
  for (int i = 0; i < 10; ++i)
    clients.push_back(f.connect(half + std::string(5'000, 'x')));
  CHECK(f.subject.session_count() == 3);
  CHECK(status_of(*clients.front()) == "HTTP/1.1 503");
  CHECK(f.service.bodies->taken() <= 30'000);
}

TEST_CASE("a body counts until its request is answered by its process") {
  fixture f;
  const auto client =
      f.connect("POST /poll HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\n"
                + std::string(50, 'x'));
  REQUIRE(f.polls.size() == 1);
  CHECK(f.service.bodies->taken() >= 50);
  f.say(f.polls.front(), "=");
  CHECK(client->to_client.ends_with("\r\n\r\n=" + std::string(50, 'x')));
  CHECK(f.service.bodies->taken() == 0);
  CHECK(f.processes() == 0);
}

TEST_CASE("a request waits for its process for answer_timeout, then gets 503") {
  fixture f;
  const bool traps = GENERATE(false, true);
  const auto client = f.connect(tests::get_request(traps ? "/trapping" : "/poll"));
  f.node.advance(29s);
  CHECK(client->to_client.empty());
  CHECK(f.processes() == 1);
  f.node.advance(1s);
  CHECK(status_of(*client) == "HTTP/1.1 503");
  CHECK(client->server_ended);
  CHECK(f.node.log_lines()
        == lines{std::string("route ") + (traps ? "/trapping" : "/poll")
                 + " did not answer within answer_timeout"});
  CHECK(f.ends == (traps ? lines{"{shutdown, \"timeout\"}"} : lines{}));
  if (traps)
    f.say(f.polls.front(), "late");
  CHECK(f.processes() == 0);
}

TEST_CASE("the process of a client that leaves gets an exit signal") {
  fixture f;
  SECTION("and ends, and nothing is sent") {
    const auto client = f.connect(tests::get_request("/poll"));
    f.end(*client);
    CHECK(f.processes() == 0);
    CHECK(client->server_closed);
    CHECK(client->to_client.empty());
  }
  SECTION("or it answers all the same") {
    const auto client = f.connect(tests::get_request("/trapping"));
    f.end(*client);
    CHECK(f.ends == lines{"{shutdown, \"closed\"}"});
    CHECK_FALSE(client->server_closed);
    f.say(f.polls.front(), "bye");
    CHECK(client->to_client.ends_with("\r\n\r\nbye"));
    CHECK(client->server_closed);
  }
  SECTION("and when it does not end in time, the socket does") {
    const auto client = f.connect(tests::get_request("/trapping"));
    f.end(*client);
    f.node.advance(30s);
    CHECK(client->server_closed);
    CHECK(client->to_client.empty());
    CHECK(f.ends == lines{"{shutdown, \"closed\"}", "{shutdown, \"timeout\"}"});
    f.say(f.polls.front(), "late");
  }
  CHECK(f.subject.session_count() == 0);
  CHECK(f.processes() == 0);
}

TEST_CASE("a waiting request is answered with 503 when its server ends") {
  fixture f;
  const auto client = f.connect(tests::get_request("/poll"));
  f.run([&] { f.subject.close(); });
  CHECK(status_of(*client) == "HTTP/1.1 503");
  CHECK(client->server_closed);
  CHECK(f.processes() == 0);
}

TEST_CASE("of what is sent behind a waiting request little is read") {
  fixture f;
  const auto client = f.connect(tests::get_request("/poll"));
  f.send(*client, std::string(1'000'000, 'x'));
  CHECK(client->to_server.size() >= 900'000);
  f.say(f.polls.front(), "hi");
  CHECK(client->to_client.starts_with("HTTP/1.1 200 "));
  CHECK(client->to_client.find("HTTP/1.1 414 ") != std::string::npos);
}

TEST_CASE("waiting requests are evicted after those that are silent, and before nobody "
          "else gets in") {
  fixture f({.max_handshakes = 3});
  const auto first = f.connect(tests::get_request("/poll"));
  const auto second = f.connect("GET / HT");
  const auto third = f.connect(tests::get_request("/poll"));
  const auto fourth = f.connect(tests::get_request("/poll"));
  CHECK(status_of(*second) == "HTTP/1.1 503");
  CHECK(f.processes() == 3);
  const auto fifth = f.connect(tests::get_request("/poll"));
  CHECK(f.subject.session_count() == 3);
  CHECK(f.processes() == 3);
}
