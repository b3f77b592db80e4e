// Connections whose sockets another server accepted, over socket pairs.
#include "websock/serve/gateway.hpp"

#include "websock/http/make_request.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/run_on_shard.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/testing/memory/memory_transport.hpp"

#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/noted_echo.hpp"
#include "tests/support/websocket_client.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace std::string_literals;
using tests::connection_notes;
using tests::noted_echo;
using tests::tcp_client;
using tests::text_frame;
using tests::upgrade_request;
using websock::drain_result;
using websock::gateway;

namespace {

/// A client, and the socket that a server accepted from it.
struct pair {
  pair() : pair(make()) {}
  tcp_client client;
  int accepted;

private:
  explicit pair(std::array<int, 2> ends)
      : client(tcp_client::connected{ends[0]}), accepted(ends[1]) {}
  [[nodiscard]] static std::array<int, 2> make() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
      throw std::system_error(errno, std::generic_category(), "socketpair");
    return ends;
  }
};

[[nodiscard]] websock::http::request parsed(const std::string& head) {
  return std::get<websock::http::request>(websock::http::make_request(head));
}

[[nodiscard]] bool is_open(int descriptor) {
  return ::fcntl(descriptor, F_GETFD) >= 0;
}

[[nodiscard]] bool blocks(int descriptor) {
  return (::fcntl(descriptor, F_GETFL) & O_NONBLOCK) == 0;
}

std::string text_of_server(std::string_view payload) {
  return "\x81" + std::string(1, static_cast<char>(payload.size()))
         + std::string(payload);
}

struct fixture {
  explicit fixture(websock::gateway_options options = {}) : subject(node, options) {}

  [[nodiscard]] websock::adoption adopt(int descriptor, const std::string& headers = {},
                                        std::string leftover = {}) {
    const auto request = parsed(upgrade_request("/", headers));
    return subject.adopt(descriptor, request, std::move(leftover),
                         websock::upgrade<noted_echo>(request, std::ref(notes)));
  }

  connection_notes notes;
  runtime::node node{{.shards = 2, .pool_threads = 1}};
  gateway subject;
};

[[nodiscard]] int refusal(const websock::adoption& outcome) {
  const auto* refused = std::get_if<websock::http::response>(&outcome);
  return refused == nullptr ? 101 : refused->status;
}

} // namespace

TEST_CASE("an accepted socket becomes a connection, with the bytes behind its request") {
  fixture f;
  pair link;
  const auto frames = text_frame("one") + text_frame("two");
  const auto outcome = f.adopt(link.accepted, {}, frames.substr(0, 12));
  const auto pid = std::get<runtime::pid>(outcome);
  CHECK(f.notes.started.take() == pid);
  CHECK(f.subject.connection_count() == 1);
  CHECK(tests::undated(link.client.take_until("\r\n\r\n"))
        == "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
           "Connection: Upgrade\r\n"
           "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
  link.client.send(frames.substr(12));
  CHECK(link.client.take(10) == text_of_server("one") + text_of_server("two"));
  link.client.send(tests::close_frame(1000));
  CHECK(link.client.take(4) == "\x88\x02\x03\xE8");
  CHECK(link.client.is_at_end());
  CHECK(f.notes.exited.take() == "{shutdown, \"remote\"}");
  CHECK(f.subject.connection_count() == 0);
}

TEST_CASE("a refused socket is still the caller's, as it was") {
  fixture f({.max_connections = 1});
  pair link;
  const auto request = parsed(tests::get_request("/"));
  const auto plain =
      f.subject.adopt(link.accepted, request, {},
                      websock::upgrade<noted_echo>(request, std::ref(f.notes)));
  CHECK(refusal(plain) == 426);
  CHECK(f.subject.origins_refused() == 0);
  CHECK(refusal(f.adopt(link.accepted, "Origin: http://evil\r\n")) == 403);
  CHECK(f.subject.origins_refused() == 1);
  CHECK(refusal(f.subject.adopt(link.accepted, request, {},
                                websock::http::bad_request("a nick, please")))
        == 400);
  pair other;
  CHECK(refusal(f.adopt(other.accepted)) == 101);
  CHECK(refusal(f.adopt(link.accepted)) == 503);
  CHECK(is_open(link.accepted));
  CHECK(blocks(link.accepted));
  ::close(link.accepted);
  CHECK(link.client.is_at_end());
}

TEST_CASE("what is no socket is an error, and does not count") {
  fixture f({.max_connections = 1});
  for (int i = 0; i < 3; ++i) {
    CHECK_THROWS_AS(f.adopt(-1), std::system_error);
    // The count goes down on the shards.
    for (std::size_t on = 0; on < f.node.shard_count(); ++on)
      websock::runtime::run_on_shard(f.node.shard_at(on), [] {});
    CHECK(f.subject.connection_count() == 0);
  }
  pair link;
  CHECK(refusal(f.adopt(link.accepted)) == 101);
}

TEST_CASE("options of the gateway hold unless the wish changes them") {
  fixture f({.connection = {.subprotocols = {"house"}}});
  CHECK(f.subject.defaults().subprotocols == std::vector<std::string>{"house"});
  pair first;
  CHECK(refusal(f.adopt(first.accepted, "Sec-WebSocket-Protocol: house\r\n")) == 101);
  CHECK(first.client.take_until("\r\n\r\n").find("Sec-WebSocket-Protocol: house")
        != std::string::npos);
  pair second;
  const auto request =
      parsed(upgrade_request("/", "Sec-WebSocket-Protocol: house, own\r\n"));
  const auto own = websock::with([](auto& its) { its.subprotocols = {"own"}; });
  CHECK(refusal(f.subject.adopt(
            second.accepted, request, {},
            websock::upgrade<noted_echo>(request, own, std::ref(f.notes))))
        == 101);
  CHECK(second.client.take_until("\r\n\r\n").find("Sec-WebSocket-Protocol: own")
        != std::string::npos);
}

TEST_CASE("a request that came through TLS is of https") {
  fixture f;
  pair link;
  const auto request = parsed(upgrade_request("/", "Origin: http://test\r\n"));
  const auto adopt = [&](websock::http::channel through) {
    return refusal(f.subject.adopt(
        link.accepted, request, {},
        websock::upgrade<noted_echo>(request, std::ref(f.notes)), through));
  };
  CHECK(adopt(websock::http::channel::secure) == 403);
  CHECK(adopt(websock::http::channel::plain) == 101);
}

TEST_CASE("a drain closes adopted connections, and refuses those that come [14]") {
  fixture f;
  std::vector<pair> links(8);
  for (auto& each : links) {
    REQUIRE(refusal(f.adopt(each.accepted)) == 101);
    static_cast<void>(each.client.take_until("\r\n\r\n"));
    f.notes.started.take();
  }
  auto draining = std::async(std::launch::async, [&] {
    return f.subject.drain({.deadline = 60s, .batch = 2, .jitter = 2ms, .code = 1012});
  });
  for (auto& each : links) {
    CHECK(each.client.take(4) == "\x88\x02\x03\xF4");
    each.client.send(tests::close_frame(1012));
    CHECK(each.client.is_at_end());
    each.client.end_output();
  }
  REQUIRE(draining.wait_for(tests::patience) == std::future_status::ready);
  CHECK(draining.get() == drain_result{.closed = 8, .killed = 0});
  CHECK(f.subject.is_draining());
  pair late;
  CHECK(refusal(f.adopt(late.accepted)) == 503);
  ::close(late.accepted);
  CHECK(f.subject.connection_count() == 0);
}

TEST_CASE("stop kills what has not closed before the deadline, and may be repeated") {
  fixture f({.connection = {.close_timeout = 1h}, .drain = {.deadline = 50ms}});
  pair link;
  REQUIRE(refusal(f.adopt(link.accepted)) == 101);
  f.notes.started.take();
  f.subject.stop();
  CHECK(f.notes.exited.take() == "killed");
  CHECK(link.client.take_rest().ends_with("\x88\x02\x03\xE9"));
  f.subject.stop();
}

TEST_CASE("sockets are adopted from many threads while the gateway stops") {
  for (int round = 0; round < 10; ++round) {
    fixture f({.drain = {.deadline = 20ms}});
    std::atomic<int> refused{0};
    std::vector<std::vector<pair>> links(4);
    std::vector<std::thread> threads;
    for (auto& own : links) {
      own = std::vector<pair>(20);
      threads.emplace_back([&f, &own, &refused] {
        for (auto& each : own) {
          if (refusal(f.adopt(each.accepted)) != 503)
            continue;
          ::close(each.accepted);
          ++refused;
        }
      });
    }
    if (round % 2 == 1)
      f.notes.started.take();
    f.subject.stop();
    for (auto& each : threads)
      each.join();
    CHECK(f.subject.connection_count() == 0);
    for (auto& own : links)
      for (auto& each : own)
        static_cast<void>(each.client.take_rest()); // all have ended
  }
}

TEST_CASE("a node that stops before its gateway ends the connections") {
  connection_notes notes;
  auto node = std::make_unique<runtime::node>(
      runtime::node_options{.shards = 1, .pool_threads = 1});
  auto subject = std::make_unique<gateway>(*node);
  const auto request = parsed(upgrade_request("/"));
  const auto adopt = [&](int descriptor) {
    return refusal(subject->adopt(
        descriptor, request, {}, websock::upgrade<noted_echo>(request, std::ref(notes))));
  };
  pair before;
  CHECK(adopt(before.accepted) == 101);
  notes.started.take();
  node->stop();
  pair after; // the caller has not noticed yet
  CHECK(adopt(after.accepted) == 101);
  subject.reset();
  node.reset();
  CHECK(before.client.take_rest().ends_with("\x88\x02\x03\xE9"));
  CHECK(after.client.take_rest().empty());
}

TEST_CASE("a stream of the caller's own becomes a connection on a stepped node") {
  connection_notes notes;
  runtime::testing::stepped_node node(1, {.shards = 1, .pool_threads = 1});
  gateway subject(node.node());
  std::shared_ptr<websock::testing::memory_pipe> pipe;
  const auto make = [&](runtime::shard& on) -> std::unique_ptr<websock::transport> {
    pipe = std::make_shared<websock::testing::memory_pipe>(on);
    return std::make_unique<websock::testing::memory_transport>(pipe);
  };
  const auto adopt = [&](const std::string& headers) {
    const auto request = parsed(upgrade_request("/", headers));
    return subject.adopt(make, request, text_frame("hi"),
                         websock::upgrade<noted_echo>(request, std::ref(notes)));
  };
  CHECK(refusal(adopt("Origin: null\r\n")) == 403);
  CHECK(pipe == nullptr); // not even made
  CHECK(refusal(adopt("")) == 101);
  node.run_until_idle();
  CHECK(pipe->to_client.starts_with("HTTP/1.1 101 "));
  CHECK(pipe->to_client.ends_with("\r\n\r\n" + text_of_server("hi")));
  const auto failing = [](runtime::shard&) -> std::unique_ptr<websock::transport> {
    throw std::runtime_error("no stream");
  };
  const auto request = parsed(upgrade_request("/"));
  CHECK_THROWS_WITH(subject.adopt(failing, request, {},
                                  websock::upgrade<noted_echo>(request, std::ref(notes))),
                    "no stream");
  node.run_until_idle();
  CHECK(subject.connection_count() == 1);
}

TEST_CASE("an adoption that there is no memory for does not count") {
  tests::fail_each_allocation([](std::size_t first, std::size_t count) {
    connection_notes notes;
    runtime::testing::stepped_node node(1, {.shards = 1, .pool_threads = 1});
    gateway subject(node.node());
    const auto request = parsed(upgrade_request("/"));
    const auto make = [](runtime::shard& on) -> std::unique_ptr<websock::transport> {
      return std::make_unique<websock::testing::memory_transport>(
          std::make_shared<websock::testing::memory_pipe>(on));
    };
    bool is_adopted = false;
    bool has_failed = false;
    {
      const tests::failing_allocations now(first, count);
      try {
        const auto outcome = subject.adopt(
            make, request, {}, websock::upgrade<noted_echo>(request, std::ref(notes)));
        is_adopted = std::holds_alternative<runtime::pid>(outcome);
      } catch (const std::bad_alloc&) {
        is_adopted = false;
      }
      has_failed = now.has_failed();
    }
    node.run_until_idle();
    REQUIRE(subject.connection_count() == (is_adopted ? 1U : 0U));
    return has_failed;
  });
}

TEST_CASE("wrong options stop the constructor of a gateway") {
  runtime::node node({.shards = 1, .pool_threads = 1});
  CHECK_THROWS_AS(gateway(node, {.drain = {.code = 1}}), std::invalid_argument);
  CHECK_THROWS_AS(gateway(node, {.connection = {.timeout = 0ms}}), std::invalid_argument);
}
