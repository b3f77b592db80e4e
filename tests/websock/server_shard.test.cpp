// The part of a server that lives on one shard, without threads and sockets.
#include "websock/server_shard.hpp"

#include "runtime/node.hpp"
#include "runtime/shard.hpp"
#include "runtime/testing/stepped_node.hpp"
#include "websock/server_core.hpp"
#include "websock/testing/memory_transport.hpp"

#include "tests/catch.hpp"
#include "tests/support/http_answer.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>

using runtime::testing::stepped_node;
using websock::testing::memory_pipe;
using websock::testing::memory_transport;

namespace {

class echo final : public websock::behaviour {
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
};

struct fixture {
  fixture() {
    core.max_connections = 10;
    core.routes.add("GET", "/", [](const websock::http::request& request) {
      return websock::upgrade<echo>(request, {});
    });
    subject.accept(std::make_unique<memory_transport>(pipe));
  }
  ~fixture() {
    run([this] { subject.give_up(); });
  }

  /// The readiness of the socket is one event; what it starts runs in a later turn.
  void ask_for_upgrade() const {
    pipe->to_server = tests::upgrade_request("/");
    pipe->target->on_ready({.readable = true, .writable = false, .hung_up = false});
  }

  /// Runs `work` on the shard, before the turns of processes that are ready.
  void on_shard(std::function<void()> work) {
    shard.post([work = std::move(work)](runtime::shard&) { work(); });
  }
  void run(std::function<void()> work) {
    on_shard(std::move(work));
    node.run_until_idle();
  }

  stepped_node node{1, {.shards = 1, .pool_threads = 1}};
  runtime::shard& shard = node.node().shard_at(0);
  websock::server_core core{node.node(), {}};
  websock::server_shard subject{core, shard};
  std::shared_ptr<memory_pipe> pipe = std::make_shared<memory_pipe>(shard);
  bool is_drained = false;
};

} // namespace

TEST_CASE("a drain waits for a connection whose process has not begun yet") {
  fixture f;
  f.ask_for_upgrade();
  REQUIRE(f.node.node().process_count() == 1);
  REQUIRE(f.core.connections == 1);
  f.on_shard([&] {
    f.subject.drain(1001, [&] { f.is_drained = true; });
    CHECK_FALSE(f.is_drained);
  });
  SECTION("it begins and is asked to close") {
    f.node.run_until_idle();
    CHECK(f.pipe->to_client.starts_with("HTTP/1.1 101 "));
    CHECK(f.pipe->to_client.ends_with("\x88\x02\x03\xE9"));
    CHECK_FALSE(f.is_drained);
    f.run([&] { f.subject.give_up(); });
  }
  SECTION("or it is given up before it begins") {
    f.run([&] {
      f.subject.give_up();
      CHECK_FALSE(f.is_drained);
    });
  }
  CHECK(f.is_drained);
  CHECK(f.core.connections == 0);
  CHECK(f.node.node().process_count() == 0);
  CHECK(f.pipe->server_closed);
}

TEST_CASE("a socket that is dealt to a shard that drains is closed") {
  fixture f;
  f.run([&] { f.subject.drain(1001, [&] { f.is_drained = true; }); });
  CHECK(f.is_drained);
  CHECK(f.pipe->server_closed);
  const auto late = std::make_shared<memory_pipe>(f.shard);
  f.subject.accept(std::make_unique<memory_transport>(late));
  CHECK(late->server_closed);
}
