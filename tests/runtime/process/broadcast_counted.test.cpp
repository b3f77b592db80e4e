// Broadcasts that report how many processes they reached and how many messages were
// dropped.
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/registry/process_info.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/server/gen_server.hpp"
#include "websock/runtime/server/thread_process.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"
#include "tests/support/inner.hpp"
#include "tests/support/puppet.hpp"

#include <atomic>
#include <chrono>
#include <thread>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::mailbox_limit;
using runtime::when_full;
using runtime::pubsub::broadcast_result;

namespace {

struct scene {
  /// A subscriber on a shard, which takes nothing.
  runtime::pid subscriber(std::size_t shard, mailbox_limit limit) {
    const auto made =
        node.node().spawn_on<puppet>(shard, tests::body([limit](process& self) {
                                       self.limit_mailbox(limit);
                                       runtime::pubsub::subscribe(self, "news");
                                     }),
                                     me.pid());
    node.run_until_idle();
    tests::suspend(made);
    return made;
  }
  broadcast_result broadcast(int number) {
    const auto id = me.in_process([&](process& self) {
      return runtime::pubsub::broadcast_counted(self, "news", number);
    });
    const auto result = me.receive(1s, [](const broadcast_result& each) { return each; });
    REQUIRE(result);
    CHECK(result->id == id);
    return *result;
  }
  [[nodiscard]] std::uint64_t dropped_by(const runtime::pid& who) {
    return runtime::info(me, who)->messages_dropped;
  }

  runtime::testing::stepped_node node{7, {.shards = 3, .pool_threads = 1}};
  runtime::testing::tester me{node};
};

void check(const broadcast_result& result, std::size_t reached, std::size_t shed) {
  CHECK(result.reached == reached);
  CHECK(result.shed == shed);
}

} // namespace

TEST_CASE("a counted broadcast without subscribers reached none") {
  scene on;
  check(on.broadcast(1), 0, 0);
}

TEST_CASE("it reaches every subscriber on every shard, each subscription of it") {
  scene on;
  for (std::size_t shard = 0; shard < 3; ++shard)
    static_cast<void>(on.subscriber(shard, {}));
  const auto twice = on.subscriber(1, {});
  tests::resume(twice);
  tests::tell(twice, [](process& self) { runtime::pubsub::subscribe(self, "news"); });
  on.node.run_until_idle();
  check(on.broadcast(1), 5, 0);
}

TEST_CASE("what is dropped for it is shed: itself, or what it displaces") {
  scene on;
  const auto newest = on.subscriber(0, {1, 0, when_full::drop_newest});
  const auto oldest = on.subscriber(1, {1, 0, when_full::drop_oldest});
  static_cast<void>(on.subscriber(2, {}));
  check(on.broadcast(1), 3, 0);
  check(on.broadcast(2), 2, 2); // put into two mailboxes; 2 was dropped, and a 1
  CHECK(on.dropped_by(newest) == 1);
  CHECK(on.dropped_by(oldest) == 1);
  CHECK(on.node.node().messages_dropped() == 2);
}

TEST_CASE("a mailbox that is emptied sheds all that waited") {
  scene on;
  const auto closing = on.subscriber(0, {2, 0, when_full::close});
  check(on.broadcast(1), 1, 0);
  check(on.broadcast(2), 1, 0);
  check(on.broadcast(3), 0, 3);
  CHECK(on.dropped_by(closing) == 3);
}

TEST_CASE("a process that it kills is not reached, nor is one that is dying or dead") {
  scene on;
  static_cast<void>(on.subscriber(tests::process_of(on.me.pid()).shard().index(),
                                  {1, 0, when_full::exit_killed}));
  check(on.broadcast(1), 1, 0);
  on.me.in_process([](process& self) { // in one turn: it dies after it
    static_cast<void>(runtime::pubsub::broadcast_counted(self, "news", 2));
    static_cast<void>(runtime::pubsub::broadcast_counted(self, "news", 3));
  });
  const auto next = [&] {
    return on.me.receive(1s, [](const broadcast_result& each) { return each; }).value();
  };
  check(next(), 0, 1);
  check(next(), 0, 0);
  check(on.broadcast(4), 0, 0);
  CHECK(on.node.node().messages_dropped() == 1);
}

TEST_CASE("an older message that is larger may be several") {
  scene on;
  const auto small = on.subscriber(2, {0, 300, when_full::drop_oldest});
  for (int i = 0; i < 4; ++i)
    check(on.broadcast(i), 1, 0);
  runtime::send(small, std::string(150, 'x'));
  on.node.run_until_idle();
  CHECK(on.dropped_by(small) >= 2);
}

TEST_CASE("a callback waits for the result") {
  scene on;
  static_cast<void>(on.subscriber(0, {}));
  static_cast<void>(on.subscriber(2, {1, 0, when_full::drop_newest}));
  static_cast<void>(on.broadcast(1));
  class feed final : public runtime::gen_server {
  public:
    explicit feed(lines& log) : log_(log) {}

  private:
    runtime::server_result handle_info(runtime::term info) override {
      const auto id = runtime::pubsub::broadcast_counted(self(), "news", info);
      const auto shed = co_await self().receive(5s, [id](const broadcast_result& told) {
        return told.id == id ? told.shed : 99;
      });
      log_.push_back(std::to_string(shed.value_or(77)));
      co_return runtime::noreply();
    }
    lines& log_;
  };
  lines log;
  runtime::send(on.node.spawn<feed>(std::ref(log)), 2);
  on.node.run_until_idle();
  CHECK(log == lines{"1"});
}

TEST_CASE("between threads: what was reached was handled, what was shed was dropped") {
  constexpr int subscribers = 40;
  constexpr int broadcasts = 2'000;
  std::atomic<std::size_t> handled{0};
  tests::channel<int> ready;
  class taker final : public runtime::behaviour {
  public:
    taker(std::atomic<std::size_t>& handled, tests::channel<int>& ready)
        : handled_(handled), ready_(ready) {}

  private:
    void on_start() override {
      self().limit_mailbox({3, 0, when_full::drop_newest});
      runtime::pubsub::subscribe(self(), "news");
      ready_.put(0);
    }
    void on_message(runtime::term) override { ++handled_; }
    std::atomic<std::size_t>& handled_;
    tests::channel<int>& ready_;
  };
  runtime::node node({.shards = 2, .pool_threads = 1});
  runtime::thread_process me(node);
  for (int i = 0; i < subscribers; ++i)
    node.spawn<taker>(std::ref(handled), std::ref(ready));
  for (int i = 0; i < subscribers; ++i)
    static_cast<void>(ready.take());
  me.in_process([](process& self) {
    for (int i = 0; i < broadcasts; ++i)
      static_cast<void>(runtime::pubsub::broadcast_counted(self, "news", i));
  });
  std::size_t reached = 0;
  std::size_t shed = 0;
  for (int i = 0; i < broadcasts; ++i) {
    const auto each = me.receive(tests::patience,
                                 [](const broadcast_result& result) { return result; });
    REQUIRE(each);
    reached += each->reached;
    shed += each->shed;
  }
  CHECK(reached + shed == std::size_t{subscribers} * broadcasts);
  CHECK(shed == node.messages_dropped());
  const auto deadline = std::chrono::steady_clock::now() + tests::patience;
  while (handled != reached && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  CHECK(handled == reached);
  CHECK(shed > 0);
}
