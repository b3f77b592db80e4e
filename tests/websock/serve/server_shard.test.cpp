// The part of a server on one shard, without threads or sockets: sessions before the
// upgrade, and draining its connections.
#include "websock/serve/server_shard.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/serve/http_service.hpp"
#include "websock/testing/memory/memory_transport.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace std::string_literals;
using runtime::testing::stepped_node;
using websock::drain_result;
using websock::testing::memory_pipe;
using websock::testing::memory_transport;

namespace {

const std::string close_1001 = "\x88\x02\x03\xE9"s;
const std::string agreed_1001 = "\x88\x82\x00\x00\x00\x00\x03\xE9"s; // masked with zeros

class echo final : public websock::handler {
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
};

struct fixture {
  explicit fixture(websock::server_options options = {})
      : service(node.node(), std::move(options)) {
    service.routes.add("GET", "/", {{}, [](const websock::http::request& request) {
                                      return websock::upgrade<echo>(request);
                                    }});
    service.routes.add("GET", "/plain",
                       {{}, [](const websock::http::request&) {
                          return websock::route_result(websock::http::ok_text("plain"));
                        }});
  }
  ~fixture() {
    run([this] { subject.close(); });
  }

  /// A client that has connected.
  std::shared_ptr<memory_pipe> connect() {
    auto pipe = std::make_shared<memory_pipe>(shard);
    run([&] { subject.accept(std::make_unique<memory_transport>(pipe)); });
    return pipe;
  }
  std::shared_ptr<memory_pipe> connect_from(const std::string& name) {
    auto pipe = std::make_shared<memory_pipe>(shard);
    pipe->peer = name;
    run([&] { subject.accept(std::make_unique<memory_transport>(pipe)); });
    return pipe;
  }
  std::shared_ptr<memory_pipe> connect(const std::string& bytes) {
    auto pipe = connect();
    send(*pipe, bytes);
    return pipe;
  }
  void send(memory_pipe& to, const std::string& bytes) {
    to.to_server += bytes;
    to.notify();
    node.run_until_idle();
  }

  /// Runs `work` on the shard, before the turns of processes that are ready.
  void on_shard(std::function<void()> work) {
    shard.post([work = std::move(work)](runtime::shard&) { work(); });
  }
  void run(std::function<void()> work) {
    on_shard(std::move(work));
    node.run_until_idle();
  }
  void begin_drain(const websock::drain_options& how = {}, std::size_t batch = 0) {
    service.door.close();
    subject.host().drain(how, batch, 1,
                         [this](drain_result how_it_went) { drained = how_it_went; });
  }

  stepped_node node{1, {.shards = 1, .pool_threads = 1}};
  runtime::shard& shard = node.node().shard_at(0);
  websock::http_service service;
  websock::server_shard subject{service, shard};
  std::optional<drain_result> drained;
};

[[nodiscard]] std::size_t
told_to_close(const std::vector<std::shared_ptr<memory_pipe>>& clients) {
  return static_cast<std::size_t>(
      std::count_if(clients.begin(), clients.end(), [](const auto& each) {
        return each->to_client.ends_with(close_1001);
      }));
}

} // namespace

TEST_CASE("a drain waits for a connection whose process has not begun yet") {
  fixture f;
  const auto pipe = f.connect();
  pipe->to_server = tests::upgrade_request("/");
  pipe->target->on_ready({.readable = true, .writable = false, .hung_up = false});
  REQUIRE(f.node.node().process_count() == 1);
  REQUIRE(f.service.door.count() == 1);
  f.on_shard([&] {
    f.begin_drain();
    CHECK_FALSE(f.drained);
  });
  SECTION("it begins and is asked to close") {
    f.node.run_until_idle();
    CHECK(pipe->to_client.starts_with("HTTP/1.1 101 "));
    CHECK(pipe->to_client.ends_with(close_1001));
    CHECK_FALSE(f.drained);
    f.run([&] { f.subject.host().give_up(); });
  }
  SECTION("or it is given up before it begins") {
    f.run([&] {
      f.subject.host().give_up();
      CHECK_FALSE(f.drained);
    });
  }
  CHECK(f.drained == drain_result{.closed = 0, .killed = 1});
  CHECK(f.service.door.count() == 0);
  CHECK(f.node.node().process_count() == 0);
  CHECK(pipe->server_closed);
}

TEST_CASE("a socket that is dealt to a shard that has closed is dropped") {
  fixture f;
  f.run([&] { f.subject.close(); });
  CHECK(f.connect()->server_closed);
}

TEST_CASE("a drain asks batch after batch, all before half of its deadline [14]") {
  fixture f;
  std::vector<std::shared_ptr<memory_pipe>> clients;
  for (int i = 0; i < 10; ++i)
    clients.push_back(f.connect(tests::upgrade_request("/")));
  f.run([&] { f.begin_drain({.deadline = 10s, .batch = 3, .jitter = 1s}, 3); });
  CHECK(told_to_close(clients) == 3);
  std::vector<std::size_t> seen{3};
  for (const auto half = f.node.now() + 5s; f.node.now() < half;) {
    f.node.advance(1ms);
    if (told_to_close(clients) != seen.back())
      seen.push_back(told_to_close(clients));
  }
  CHECK(seen == std::vector<std::size_t>{3, 6, 9, 10});
  for (const auto& each : clients) {
    CHECK_FALSE(f.drained);
    f.send(*each, agreed_1001);
    each->client_ended = true;
    f.send(*each, "");
  }
  CHECK(f.drained == drain_result{.closed = 10, .killed = 0});
  CHECK(f.service.door.count() == 0);
}

TEST_CASE("connections that leave during a drain, asked or not, are counted as closed") {
  fixture f;
  std::vector<std::shared_ptr<memory_pipe>> clients;
  for (int i = 0; i < 6; ++i)
    clients.push_back(f.connect(tests::upgrade_request("/")));
  f.run([&] { f.begin_drain({.deadline = 10s, .batch = 2, .jitter = 5s}, 2); });
  const std::size_t order[] = {2, 5, 0, 3, 1, 4}; // the next to be asked, the last, ...
  for (const auto each : order) {
    clients[each]->client_ended = true;
    f.send(*clients[each], "");
  }
  CHECK(f.drained == drain_result{.closed = 6, .killed = 0});
}

TEST_CASE("what has not closed by the deadline of a drain is killed") {
  fixture f({.connection = {.close_timeout = 1h}});
  const auto silent = f.connect(tests::upgrade_request("/"));
  const auto polite = f.connect(tests::upgrade_request("/"));
  f.run([&] { f.begin_drain({.deadline = 2s, .jitter = 0ms}); });
  f.send(*polite, agreed_1001);
  polite->client_ended = true;
  f.send(*polite, "");
  f.node.advance(1999ms);
  CHECK_FALSE(f.drained);
  f.node.advance(1ms);
  CHECK(f.drained == drain_result{.closed = 1, .killed = 1});
  CHECK(silent->to_client.ends_with(close_1001));
  CHECK(silent->server_closed);
}

TEST_CASE("a connection that is suspended is killed by the deadline, too") {
  class flooder final : public websock::handler {
    websock::handle_result init() override {
      return websock::push(websock::binary(std::string(2'000'000, 'x')));
    }
    websock::handle_result handle_in(websock::message_view) override {
      return websock::ok();
    }
  };
  fixture f;
  f.service.routes.add("GET", "/flood", {{}, [](const websock::http::request& request) {
                                           return websock::upgrade<flooder>(request);
                                         }});
  const auto deaf = f.connect();
  deaf->window = 1'000;
  f.send(*deaf, tests::upgrade_request("/flood"));
  f.run([&] { f.begin_drain({.deadline = 2s}); });
  CHECK_FALSE(f.drained);
  f.node.advance(2s);
  CHECK(f.drained == drain_result{.closed = 0, .killed = 1});
  CHECK(deaf->server_closed);
}

TEST_CASE("while a shard drains, upgrades get 503 and plain routes answer for the last "
          "time") {
  fixture f;
  const auto open = f.connect(tests::upgrade_request("/"));
  const auto half = f.connect(tests::upgrade_request("/").substr(0, 40));
  const auto kept = f.connect(tests::get_request("/plain"));
  CHECK(kept->to_client.find("\r\nConnection: keep-alive\r\n") != std::string::npos);
  f.run([&] { f.begin_drain(); });

  f.send(*half, tests::upgrade_request("/").substr(40));
  CHECK(half->to_client.starts_with("HTTP/1.1 503 "));
  CHECK(half->to_client.find("\r\nRetry-After: 5\r\n") != std::string::npos);
  CHECK(half->to_client.find("\r\nConnection: close\r\n") != std::string::npos);

  kept->to_client.clear();
  f.send(*kept, tests::get_request("/plain"));
  CHECK(kept->to_client.starts_with("HTTP/1.1 200 "));
  CHECK(kept->to_client.find("\r\nConnection: close\r\n") != std::string::npos);

  const auto late = f.connect(tests::upgrade_request("/"));
  CHECK(late->to_client.starts_with("HTTP/1.1 503 "));
  const auto unfinished = f.connect("GET / HT");
  const auto unused = f.connect();

  f.send(*open, agreed_1001);
  open->client_ended = true;
  f.send(*open, "");
  CHECK(f.drained == drain_result{.closed = 1, .killed = 0}); // without the refused ones
  f.run([&] { f.subject.close(); });
  CHECK(unfinished->to_client.starts_with("HTTP/1.1 503 "));
  for (const auto& each : {unfinished, unused, late, half, kept})
    CHECK(each->server_closed);
  CHECK(unused->to_client.empty());
}

TEST_CASE("when there are as many sessions as there may be, the one that has waited "
          "longest ends") {
  fixture f({.max_handshakes = 3});
  const auto oldest = f.connect("GET / HTTP/1.1\r\n");
  const auto second = f.connect();
  const auto third = f.connect("G");
  CHECK(f.subject.session_count() == 3);
  const auto good = f.connect(tests::upgrade_request("/"));
  CHECK(good->to_client.starts_with("HTTP/1.1 101 "));
  CHECK(oldest->server_closed);
  CHECK(oldest->to_client.starts_with("HTTP/1.1 503 "));
  CHECK_FALSE(second->server_closed);
  CHECK(f.subject.session_count() == 2); // a connection is no session

  const auto fifth = f.connect();
  const auto sixth = f.connect();
  CHECK(second->server_closed);
  CHECK(second->to_client.empty());
  CHECK_FALSE(third->server_closed);
  f.send(*third, "ET /plain HTTP/1.1\r\nHost: t\r\n\r\n");
  CHECK(third->to_client.starts_with("HTTP/1.1 200 "));
  const auto seventh = f.connect(); // third was served: fifth goes in its place
  CHECK_FALSE(third->server_closed);
  CHECK(fifth->server_closed);
  const auto eighth = f.connect();
  const auto ninth = f.connect();
  CHECK(third->server_closed); // once
}

TEST_CASE("a flood of connects from one address ends its own, and nobody else's") {
  fixture f({.max_handshakes = 8, .max_handshakes_per_address = 8});
  const auto good = f.connect_from("192.0.2.1:1000");
  f.send(*good, "GET / HTTP/1.1\r\n");
  std::vector<std::shared_ptr<memory_pipe>> flood;
  for (int i = 0; i < 100; ++i)
    flood.push_back(f.connect_from("192.0.2.66:" + std::to_string(2000 + i)));
  CHECK_FALSE(good->server_closed);
  CHECK(f.subject.session_count() == 8);
  CHECK(flood[92]->server_closed);
  CHECK_FALSE(flood[93]->server_closed);
  CHECK(f.service.handshakes_evicted.load() == 93);
}

TEST_CASE("one address may have so many sessions, and makes room among them") {
  fixture f({.max_handshakes = 8, .max_handshakes_per_address = 2});
  std::vector<std::shared_ptr<memory_pipe>> clients;
  for (const auto* name : {"[2001:db8::1]:1", "[2001:db8::2]:1", "192.0.2.1:1",
                           "[2001:db8::3]:1", "unix", "unix", "unix"})
    clients.push_back(f.connect_from(name));
  CHECK(clients[0]->server_closed);
  for (std::size_t i = 1; i < clients.size(); ++i)
    CHECK_FALSE(clients[i]->server_closed);
  CHECK(f.subject.session_count() == 6);
}

TEST_CASE("behind a proxy a client counts from its first octets on") {
  fixture f({.proxy_protocol = websock::proxy_protocol::required,
             .max_handshakes = 8,
             .max_handshakes_per_address = 1});
  std::vector<std::shared_ptr<memory_pipe>> clients;
  for (int i = 0; i < 4; ++i)
    clients.push_back(f.connect_from("192.0.2.1:1"));
  CHECK(f.subject.session_count() == 4); // the proxy is not one client
  clients[2]->peer = "198.51.100.1:5";
  f.send(*clients[2], "GET /");
  clients[3]->peer = "198.51.100.1:6";
  f.send(*clients[3], "GET /");
  CHECK(clients[2]->server_closed);
  CHECK(clients[2]->to_client.starts_with("HTTP/1.1 503 "));
  CHECK_FALSE(clients[3]->server_closed);
  CHECK(f.subject.session_count() == 3);
}

TEST_CASE("between requests a socket may be silent for keep_alive_timeout, within a head "
          "for handshake_timeout") {
  fixture f({.handshake_timeout = 10s, .keep_alive_timeout = 60s});
  const auto client = f.connect(tests::get_request("/plain"));
  f.node.advance(59s);
  CHECK_FALSE(client->server_closed);
  client->to_client.clear();
  SECTION("silence ends it") {
    f.node.advance(1s);
    CHECK(client->server_closed);
    CHECK(client->to_client.empty());
  }
  SECTION("the next request begins the time anew") {
    f.send(*client, tests::get_request("/plain"));
    f.node.advance(59s);
    CHECK_FALSE(client->server_closed);
  }
  SECTION("a head that dribbles is not prolonged by its octets") {
    const auto head = tests::get_request("/plain");
    for (std::size_t i = 0; i < 10; ++i) {
      f.send(*client, head.substr(i, 1));
      CHECK(client->to_client.empty());
      f.node.advance(1s);
    }
    CHECK(client->to_client.starts_with("HTTP/1.1 408 "));
  }
}

TEST_CASE("a response goes on as long as its peer takes something of it") {
  fixture f({.handshake_timeout = 1s, .connection = {.send_timeout = 10s}});
  const auto client = f.connect();
  client->window = 10;
  const bool is_last = GENERATE(false, true);
  f.send(*client, tests::get_request("/plain", is_last ? "Connection: close\r\n" : ""));
  for (int i = 0; i < 6; ++i) {
    f.node.advance(9s);
    CHECK_FALSE(client->server_closed);
    client->window = 10;
    client->notify();
    f.node.run_until_idle();
  }
  CHECK(client->to_client.size() == 70);
  f.node.advance(10s);
  CHECK(client->server_closed);
}

TEST_CASE("a long response leaves in small pieces without being moved each time") {
  fixture f;
  f.service.routes.add("GET", "/long",
                       {{}, [](const websock::http::request&) {
                          return websock::route_result(
                              websock::http::ok_text(std::string(40'000'000, 'x')));
                        }});
  const auto client = f.connect();
  client->window = 0;
  f.send(*client, tests::get_request("/long"));
  for (int i = 0; i < 2'000; ++i) { // 80 GB would be moved
    client->to_client.clear();
    client->window = 1'000;
    client->notify();
    f.node.run_until_idle();
    REQUIRE(client->to_client.size() == 1'000);
  }
}

TEST_CASE("sockets of refused requests wait for their peers, but only so many of them") {
  fixture f({.max_handshakes = 2});
  std::vector<std::shared_ptr<memory_pipe>> refused;
  for (int i = 0; i < 4; ++i) {
    refused.push_back(f.connect("nonsense\r\n\r\n"));
    CHECK(refused.back()->to_client.starts_with("HTTP/1.1 400 "));
  }
  CHECK(refused[0]->server_closed);
  CHECK(refused[1]->server_closed);
  CHECK_FALSE(refused[2]->server_closed);
  CHECK_FALSE(refused[3]->server_closed);
}

TEST_CASE("the last request that one socket may make is answered with close") {
  fixture f({.max_requests = 3});
  const auto client = f.connect();
  for (int i = 0; i < 2; ++i)
    f.send(*client, tests::get_request("/plain"));
  CHECK(client->to_client.find("Connection: close") == std::string::npos);
  f.send(*client, tests::get_request("/plain") + tests::get_request("/plain"));
  CHECK(client->to_client.find("Connection: close") != std::string::npos);
  CHECK(client->server_ended);
}

TEST_CASE("requests pipelined by a client that reads nothing wait in the kernel") {
  fixture f;
  const auto client = f.connect();
  client->window = 0;
  std::string flood;
  while (flood.size() < 1'000'000)
    flood += tests::get_request("/plain");
  f.send(*client, flood);
  CHECK(client->to_server.size() > flood.size() - 70'000); // one read of 65,536 bytes
}
