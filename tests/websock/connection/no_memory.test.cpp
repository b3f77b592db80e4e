// Makes each allocation fail in turn while a client is served: at worst that client is
// disconnected, what it has received is valid, and other clients are still served.
#include "websock/handler/handle_result.hpp"
#include "websock/protocol/message_assembler.hpp"
#include "websock/protocol/octets.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/serve/http_service.hpp"
#include "websock/serve/server_shard.hpp"
#include "websock/testing/memory/memory_transport.hpp"
#include "websock/transport/owned_descriptor.hpp"

#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/websocket_client.hpp"

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using tests::fail_each_allocation;
using websock::testing::memory_pipe;
using websock::testing::memory_transport;

namespace {

/// "big" is answered with a large message, "shared" with a shared one, "throw" with none;
/// all else as it is.
class answerer final : public websock::handler {
  websock::handle_result init() override { return websock::push(websock::text("hello")); }
  websock::handle_result handle_in(websock::message_view in) override {
    if (in.text() == "big")
      return websock::push(websock::text(std::string(100'000, 'b')));
    if (in.text() == "shared")
      return websock::push(websock::share(websock::text(std::string(20'000, 's'))));
    if (in.text() == "throw")
      throw std::runtime_error(std::string(100, 't'));
    if (in.text() == "wait")
      return wait();
    return websock::push(in);
  }
  websock::handle_result wait() {
    co_await self().sleep(1ms);
    co_return websock::push(websock::text("waited"));
  }
};

struct served {
  explicit served(bool compress = false) : service(node.node(), options_with(compress)) {
    service.routes.add("GET", "/", {{}, [](const websock::http::request& request) {
                                      return websock::upgrade<answerer>(request);
                                    }});
    service.routes.add("GET", "/plain",
                       {{}, [](const websock::http::request&) {
                          return websock::route_result(
                              websock::http::ok_text(std::string(500, 'p')));
                        }});
    service.routes.add("GET", "/throws",
                       {{}, [](const websock::http::request&) -> websock::route_result {
                          throw std::runtime_error(std::string(100, 't'));
                        }});
    const auto later = [](runtime::process& self, const websock::http::request& from)
        -> runtime::waiting<websock::http::response> {
      co_await self.sleep(1ms);
      co_return websock::http::ok_text(std::string(from.body()));
    };
    service.routes.add("POST", "/body",
                       {{.body_limit = 10'000}, [](const websock::http::request& from) {
                          return websock::route_result(
                              websock::http::ok_text(std::string(from.body())));
                        }});
    service.routes.add("POST", "/later", {{.body_limit = 10'000}, later});
  }
  ~served() {
    shard.post([this](runtime::shard&) { subject.close(); });
    node.advance(10s);
  }
  static websock::server_options options_with(bool compress) {
    websock::server_options options;
    options.connection.compress = compress;
    return options;
  }

  std::shared_ptr<memory_pipe> connect() {
    auto pipe = std::make_shared<memory_pipe>(shard);
    shard.post([this, socket = std::make_unique<memory_transport>(pipe)](
                   runtime::shard&) mutable { subject.accept(std::move(socket)); });
    return pipe;
  }
  /// A client that is connected, with what it gets from now on.
  std::shared_ptr<memory_pipe> connected(std::string_view headers = {}) {
    auto pipe = connect();
    say(*pipe, tests::upgrade_request("/", headers));
    node.run_until_idle();
    REQUIRE(pipe->to_client.starts_with("HTTP/1.1 101 "));
    pipe->to_client.clear();
    return pipe;
  }
  static void say(memory_pipe& to, std::string_view octets) {
    to.to_server += octets;
    to.to_client.reserve(to.to_client.size() + 400'000); // the kernel's, not ours
    to.notify();
  }
  /// Whether an allocation has failed.
  bool run(std::size_t first, std::size_t count) {
    const tests::failing_allocations now(first, count);
    node.advance(10ms);
    return now.has_failed();
  }
  void check_served(memory_pipe& client) {
    client.to_client.clear();
    say(client, tests::text_frame("still"));
    node.run_until_idle();
    REQUIRE(client.to_client == "\x81\x05still");
  }

  runtime::testing::stepped_node node{1, {.shards = 1, .pool_threads = 1}};
  runtime::shard& shard = node.node().shard_at(0);
  websock::http_service service;
  websock::server_shard subject{service, shard};
};

/// Whether these are frames of a server, the last of them whole unless the stream ended.
bool are_sound(const memory_pipe& got) {
  websock::protocol::message_assembler assembler(
      websock::protocol::role::client,
      {.max_frame_size = UINT32_MAX, .max_message_size = UINT32_MAX});
  std::string copy = got.to_client;
  auto in = std::as_writable_bytes(std::span(copy));
  for (;;) {
    const auto event = assembler.next(in);
    if (event.what == websock::protocol::event::kind::failed)
      return false;
    if (event.what == websock::protocol::event::kind::need_more)
      return got.server_closed || got.server_ended || !assembler.is_mid_message();
  }
}

/// A client that is connected, and takes `window` octets, sends `octets`.
void check_connection(std::string_view octets, std::size_t window = SIZE_MAX) {
  fail_each_allocation([octets, window](std::size_t first, std::size_t count) {
    served on;
    const auto other = on.connected();
    const auto victim = on.connected();
    victim->window = window;
    served::say(*victim, octets);
    const bool has_failed = on.run(first, count);
    REQUIRE(are_sound(*victim));
    on.check_served(*other);
    return has_failed;
  });
}

/// A client that has just come sends `octets`.
void check_session(std::string_view octets) {
  fail_each_allocation([octets](std::size_t first, std::size_t count) {
    served on;
    const auto other = on.connected();
    const auto victim = on.connect();
    served::say(*victim, octets);
    const bool has_failed = on.run(first, count);
    const bool is_answered = victim->to_client.starts_with("HTTP/1.1 ");
    REQUIRE((is_answered || (victim->to_client.empty() && victim->server_closed)));
    on.check_served(*other);
    victim->client_ended = true;
    victim->notify();
    on.node.advance(10s);
    REQUIRE(victim->server_closed);
    REQUIRE(on.service.door.count() == 1);
    REQUIRE(on.subject.session_count() == 0);
    REQUIRE(on.service.bodies->taken() == 0);
    REQUIRE(on.node.node().process_count() == 1);
    return has_failed;
  });
}

} // namespace

TEST_CASE("a request without memory ends its session at most") {
  check_session(tests::get_request("/plain"));
  check_session(tests::get_request("/throws"));
  check_session(tests::get_request("/nothing", "X: " + std::string(1'000, 'x') + "\r\n"));
}

TEST_CASE("a body, or an answer that comes later, without memory ends its session at "
          "most") {
  for (const std::string path : {"/body", "/later"}) {
    const auto head = "POST " + path + " HTTP/1.1\r\nHost: h\r\n";
    check_session(head + "Content-Length: 2000\r\n\r\n" + std::string(2'000, 'x'));
    check_session(head + "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + "14\r\n" + std::string(20, 'x') + "\r\n32\r\n" + std::string(50, 'x')
                  + "\r\n0\r\nA: b\r\n\r\n");
  }
}

TEST_CASE("a handshake without memory ends its session at most, and counts no more") {
  check_session(tests::upgrade_request("/"));
  check_session(tests::upgrade_request("/") + tests::text_frame("early"));
}

TEST_CASE("an echo without memory ends its connection at most") {
  check_connection(tests::text_frame("echo")
                   + tests::text_frame(std::string(5'000, 'e')));
  check_connection(tests::text_frame(std::string(70'000, 'e')));
}

TEST_CASE("a large or a shared message without memory ends its connection at most") {
  check_connection(tests::text_frame("big") + tests::text_frame("x"));
  check_connection(tests::text_frame("shared") + tests::text_frame("big"));
}

TEST_CASE("a crash of a callback without memory ends its connection") {
  check_connection(tests::text_frame("throw"));
  check_connection(tests::text_frame(std::string(100, 'e')) + tests::text_frame("throw"),
                   0);
}

TEST_CASE("a callback that waits without memory ends its connection at most") {
  check_connection(tests::text_frame("wait") + tests::text_frame("x"));
}

TEST_CASE("an accepted socket that there is no memory for is closed") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    served on;
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    const websock::owned_descriptor peer(ends[1]);
    on.shard.post([&on, own = websock::owned_descriptor(ends[0])](
                      runtime::shard&) mutable { on.subject.accept(std::move(own)); });
    const bool has_failed = on.run(first, count);
    on.shard.poll(); // what is closed may be with the kernel yet
    char octet = 0;
    const bool is_closed = ::recv(peer.get(), &octet, 1, MSG_DONTWAIT) == 0;
    REQUIRE(is_closed == (on.subject.session_count() == 0));
    return has_failed;
  });
}

TEST_CASE("the end of a connection without memory is an end") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    served on;
    const auto other = on.connected();
    const auto victim = on.connected();
    victim->client_ended = true;
    victim->notify();
    const bool has_failed = on.run(first, count);
    on.check_served(*other);
    on.node.advance(10s);
    REQUIRE(on.service.door.count() == 1);
    return has_failed;
  });
}

TEST_CASE("the end of a server without memory is the end of all its sockets") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    served on;
    const auto client = on.connected();
    const auto asking = on.connect();
    served::say(*asking, "GET / HTTP/1.1\r\nHo");
    on.node.run_until_idle();
    on.shard.post([&on](runtime::shard&) { on.subject.close(); });
    const bool has_failed = on.run(first, count);
    on.node.advance(1s);
    REQUIRE(on.subject.session_count() == 0);
    REQUIRE(asking->server_closed);
    REQUIRE(client->server_closed);
    return has_failed;
  });
}

TEST_CASE("a drain without memory comes to its end") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    std::optional<websock::drain_result> drained;
    bool has_begun = false;
    served on;
    const auto client = on.connected();
    const auto begin = [&](runtime::shard&) {
      on.subject.host().drain({.deadline = 5s}, 0, 1,
                              [&](websock::drain_result how) { drained = how; });
      has_begun = true;
    };
    on.shard.post(begin);
    const bool has_failed = on.run(first, count);
    if (!has_begun)
      on.shard.post(begin);
    on.node.advance(1s);
    REQUIRE((!client->to_client.empty() || client->server_closed)); // asked in time
    on.node.advance(30s);
    REQUIRE(drained);
    return has_failed;
  });
}
