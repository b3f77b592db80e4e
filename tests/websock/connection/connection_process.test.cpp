// What the connection's process adds to its lifecycle: turns, the shared buffer, the end
// of the socket.
#include "websock/connection/connection_process.hpp"

#include "websock/handshake/route_result.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/testing/memory/memory_transport.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::testing::stepped_node;
using websock::testing::memory_pipe;
using websock::testing::memory_transport;

namespace {

/// Passes on what other processes send it.
class teller final : public websock::handler {
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
  websock::handle_result handle_info(runtime::term info) override {
    return websock::push(websock::text(info.get<std::string>()));
  }
};

/// Connections of one host, as on a shard of a server.
struct fixture {
  struct peer {
    std::shared_ptr<memory_pipe> pipe;
    runtime::pid pid;
  };

  explicit fixture(std::uint64_t seed = 1)
      : node(seed, {.shards = 1, .pool_threads = 1}) {}
  ~fixture() {
    run([this] { host.give_up(); });
  }

  /// On the shard, before the turns of processes that are ready.
  void run(std::function<void()> work) {
    shard.post([work = std::move(work)](runtime::shard&) { work(); });
    node.run_until_idle();
  }

  peer connect(websock::upgrade_options options = {}) {
    auto pipe = std::make_shared<memory_pipe>(shard);
    websock::connection_setup setup{
        &host,
        std::make_unique<memory_transport>(pipe),
        std::make_shared<const websock::upgrade_options>(options),
        websock::detail::make_factory<teller>(),
        {},
        {},
        host.expect()};
    auto pid = node.node().spawn_on<websock::connection_process>(0, std::move(setup));
    return {std::move(pipe), std::move(pid)};
  }

  stepped_node node;
  runtime::shard& shard = node.node().shard_at(0);
  int gone = 0;
  websock::connection_host host{shard, [this] { ++gone; }};
};

[[nodiscard]] std::string text_frame(std::string_view payload) {
  return "\x81" + std::string(1, static_cast<char>(payload.size()))
         + std::string(payload);
}

} // namespace

TEST_CASE("a deadline that passes while a message waits for its turn comes after it, and "
          "the last frame goes to its own peer") {
  // At 70 s both get a message, then the second one's deadline is found to have passed:
  // the shard has it in its queue, behind the first.
  fixture f(GENERATE(1U, 2U, 3U, 4U));
  const auto first = f.connect({.timeout = 90s});
  const auto second = f.connect({.timeout = 60s});
  f.node.spawn([&](runtime::process& self) {
    self.send_after(70s, first.pid, "to the first");
    self.send_after(70s, second.pid, "to the second");
  });
  f.node.advance(10s);
  second.pipe->to_server = std::string("\x8A\x80\0\0\0\0", 6); // a pong: one more minute
  second.pipe->notify();
  f.node.advance(60s);
  CHECK(first.pipe->to_client == text_frame("to the first"));
  CHECK(second.pipe->to_client
        == text_frame("to the second") + "\x88\x0E\x03\xE9idle timeout");
}

TEST_CASE("bytes that have arrived, but were not reported yet, are no silence") {
  fixture f;
  const auto peer = f.connect({.timeout = 60s});
  f.node.advance(59s);
  peer.pipe->to_server = std::string("\x81\x81\0\0\0\0x", 7); // and no notify
  f.node.advance(1s);
  CHECK(peer.pipe->to_client == text_frame("x"));
  f.node.advance(59s);
  CHECK(peer.pid.is_alive());
  f.node.advance(1s);
  CHECK(peer.pipe->to_client == text_frame("x") + "\x88\x0E\x03\xE9idle timeout");
}

TEST_CASE("a connection that ends while it and others wait for their turn leaves nothing "
          "to them") {
  fixture f(GENERATE(1U, 2U, 3U, 4U));
  const auto first = f.connect();
  const auto second = f.connect();
  second.pipe->window = 0;
  runtime::send(second.pid, "a backlog");
  f.node.run_until_idle();
  f.run([&] {
    runtime::send(first.pid, "to the first");
    runtime::send(second.pid, "to the second");
    second.pipe->client_reset = true;
    second.pipe->target->on_ready(
        {.readable = false, .writable = true, .hung_up = false});
  });
  CHECK(first.pipe->to_client == text_frame("to the first"));
  CHECK(second.pipe->to_client.empty());
  CHECK_FALSE(second.pid.is_alive());
  CHECK(f.host.connection_count() == 1);
}

TEST_CASE(
    "a connection that is killed before it begins lets go of its socket and place") {
  fixture f;
  const auto peer = f.connect();
  f.node.node().exit(peer.pid, runtime::reason::kill);
  f.node.run_until_idle();
  CHECK(f.gone == 1);
  CHECK(f.host.connection_count() == 0);
  CHECK(peer.pipe->server_closed);
  CHECK(peer.pipe->to_client.empty());
}

TEST_CASE("a connection that begins after the host gave up is killed") {
  fixture f;
  const auto peer = f.connect();
  SECTION("in a drain, which counts it") {
    std::optional<websock::drain_result> result;
    f.run([&] {
      f.host.drain({}, 0, 1, [&](auto how) { result = how; });
      f.host.give_up();
      CHECK_FALSE(result);
    });
    REQUIRE(result);
    CHECK(result->killed == 1);
    CHECK(result->closed == 0);
  }
  SECTION("without a drain") {
    f.run([&] { f.host.give_up(); });
  }
  CHECK(f.gone == 1);
  CHECK(f.host.connection_count() == 0);
  CHECK_FALSE(peer.pid.is_alive());
  CHECK(peer.pipe->server_closed);
}
