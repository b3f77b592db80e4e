// `receive(0s)`: checks for messages within the turn.
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/wait/waits.hpp"

#include "tests/catch.hpp"
#include "tests/support/inner.hpp"
#include "tests/support/waiting_worker.hpp"

#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::waiting;

namespace {

waiting<std::string> poll(process& self) {
  const auto text = [](const std::string& what) { return what; };
  co_return (co_await self.receive(0s, text)).value_or("nothing");
}

/// Polls when it is told to, on shard 0.
struct scene {
  scene()
      : target(node.node().spawn_on<worker>(
          0,
          [this](auto&, process& self) -> server_result {
            if (before)
              before(self);
            log.push_back(co_await poll(self));
            co_return noreply();
          },
          std::ref(log))) {
    node.run_until_idle();
  }
  void poll_after(body todo) {
    before = std::move(todo);
    runtime::send(target, go{});
    node.run_until_idle();
  }

  body before;
  lines log;
  stepped_node node{1, {.shards = 2, .pool_threads = 1}};
  pid target;
};

} // namespace

TEST_CASE("a poll does not give up the turn") {
  scene on;
  on.poll_after([&](process& self) {
    self.spawn([&](process&) { on.log.push_back("another process"); });
  });
  CHECK(on.log == lines{"nothing", "another process"});
}

TEST_CASE("a poll does not wait for a timer that is due") {
  scene on;
  on.poll_after(
      [&](process& self) { self.send_after(0ms, self.pid(), std::string("x")); });
  CHECK(on.log == lines{"nothing", "info \"x\""});
}

TEST_CASE("a poll finds what waits in the inbox of the shard") {
  scene on;
  SECTION("a message") {
    on.poll_after([&](process&) {
      on.node.node().shard_at(0).post_signal(
          tests::process_of(on.target),
          runtime::detail::make_letter(std::string("sent")));
    });
    CHECK(on.log == lines{"sent"});
  }
  SECTION("a broadcast") {
    on.poll_after([&](process& self) {
      runtime::pubsub::subscribe(self, "topic");
      on.node.node().shard_at(0).post_quiet([](runtime::shard& here) {
        here.topics().publish("topic", term(std::string("published")), nullptr);
      });
    });
    CHECK(on.log == lines{"published"});
  }
  SECTION("nothing that comes behind work that may call back: that keeps its order") {
    on.poll_after([&](process&) {
      auto& here = on.node.node().shard_at(0);
      here.post([&](runtime::shard&) { on.log.push_back("work"); });
      here.post_signal(tests::process_of(on.target),
                       runtime::detail::make_letter(std::string("sent")));
    });
    CHECK(on.log == lines{"nothing", "work", "info \"sent\""});
  }
}

TEST_CASE("a poll finds an exit signal, and does not return then") {
  scene on;
  on.poll_after([&](process&) {
    on.node.node().shard_at(0).post_quiet([&](runtime::shard&) {
      on.node.node().exit(on.target, runtime::reason::shutdown);
    });
  });
  CHECK(on.log == lines{"worker destroyed"});
}
