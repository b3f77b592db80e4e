// What a shard's connections share: sockets that outlive them.
#include "websock/connection/connection_host.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/testing/memory/memory_transport.hpp"

#include "tests/catch.hpp"

#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using websock::testing::memory_pipe;
using websock::testing::memory_transport;

namespace {

/// A socket that is one too many for the kernel.
class unwatchable final : public websock::transport {
public:
  explicit unwatchable(bool& is_closed) noexcept : is_closed_(is_closed) {}
  ~unwatchable() override { is_closed_ = true; }
  [[nodiscard]] websock::io_result read(std::span<std::byte>) override {
    return {websock::io_result::status::would_block};
  }
  [[nodiscard]] std::size_t arrived() override { return 0; }
  [[nodiscard]] websock::io_result write(std::string_view) override {
    return {websock::io_result::status::would_block};
  }
  void end_of_output() override {}
  void watch(runtime::io_target&, runtime::interest) override {
    throw std::system_error(ENOSPC, std::generic_category(), "epoll_ctl");
  }
  [[nodiscard]] std::string unwatch(runtime::io_target&) noexcept override { return {}; }
  [[nodiscard]] std::string peer_name() const override { return "nobody"; }

private:
  bool& is_closed_;
};

} // namespace

TEST_CASE("a last socket that cannot be watched is closed at once and keeps no drain") {
  runtime::testing::stepped_node node{1, {.shards = 1, .pool_threads = 1}};
  auto& shard = node.node().shard_at(0);
  websock::connection_host host(shard);
  bool is_closed = false;
  host.linger(std::make_unique<unwatchable>(is_closed),
              websock::output_backlog("goodbye"));
  CHECK(is_closed);
  CHECK(host.unsent().cut_off == 1);
  CHECK(shard.timers().size() == 0);
  REQUIRE(node.log_lines().size() == 1);
  CHECK(node.log_lines()[0]
        == "a connection is cut off: epoll_ctl: No space left on device");
  bool is_drained = false;
  host.drain({}, 0, 1, [&](websock::drain_result) { is_drained = true; });
  CHECK(is_drained);
  node.advance(10s);
}

TEST_CASE("a drain waits for what still goes out, and no longer than its deadline") {
  runtime::testing::stepped_node node{1, {.shards = 1, .pool_threads = 1}};
  auto& shard = node.node().shard_at(0);
  websock::connection_host host(shard);
  const auto pipe = std::make_shared<memory_pipe>(shard);
  pipe->window = 0;
  bool is_drained = false;
  shard.post([&](runtime::shard&) {
    host.linger(std::make_unique<memory_transport>(pipe),
                websock::output_backlog("goodbye"));
    host.drain({.deadline = 2s}, 0, 1, [&](websock::drain_result) { is_drained = true; });
  });
  node.advance(1'999ms);
  CHECK_FALSE(is_drained);
  SECTION("it has gone out") {
    pipe->window = 100;
    pipe->client_ended = true;
    pipe->notify();
    node.run_until_idle();
    CHECK(pipe->to_client == "goodbye");
    CHECK(host.unsent().cut_off == 0);
  }
  SECTION("it has not") {
    node.advance(1ms);
    CHECK(host.unsent().cut_off == 1);
  }
  CHECK(is_drained);
  CHECK(pipe->server_closed);
}

TEST_CASE("no socket lingers once the host gave up") {
  runtime::testing::stepped_node node{1, {.shards = 1, .pool_threads = 1}};
  auto& shard = node.node().shard_at(0);
  websock::connection_host host(shard);
  const auto pipe = std::make_shared<memory_pipe>(shard);
  host.give_up();
  SECTION("with something to send: it is cut off") {
    host.linger(std::make_unique<memory_transport>(pipe),
                websock::output_backlog("goodbye"));
    CHECK(host.unsent().cut_off == 1);
  }
  SECTION("with nothing to send") {
    host.linger(std::make_unique<memory_transport>(pipe), websock::output_backlog());
    CHECK(host.unsent().cut_off == 0);
  }
  CHECK(pipe->server_closed);
  CHECK(pipe->to_client.empty());
}
