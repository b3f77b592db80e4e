// Subscriptions with a lane: messages that pass the subscriber by. On real shards, where
// idle processes handle publications directly, and on a stepped node, where they never
// do.
#include "websock/runtime/process/lane.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/runtime/wait/waits.hpp"

#include "tests/catch.hpp"
#include "tests/support/any_schedule.hpp"
#include "tests/support/channel.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;
namespace pubsub = runtime::pubsub;

using runtime::pid;
using runtime::process;

namespace {

using texts = std::vector<std::string>;
using report = std::function<void(texts)>;

struct finish {};

/// Text goes to the other process, as a number.
class as_number final : public runtime::redirection {
public:
  explicit as_number(int number = 4711) : other_(number) {}
  [[nodiscard]] const runtime::term*
  instead_of(const runtime::term& published) const noexcept override {
    return published.is<std::string>() ? &other_ : nullptr;
  }

private:
  const runtime::term other_;
};

using lane_to = std::shared_ptr<const runtime::redirection>;

/// Notes what it gets until `finish`, and reports it.
class noting : public runtime::behaviour {
public:
  explicit noting(report tell) : tell_(std::move(tell)) {}

private:
  void on_message(runtime::term message) override {
    if (message.is<finish>())
      tell_(std::exchange(heard_, {}));
    else
      heard_.push_back(to_string(message));
  }

  const report tell_;
  texts heard_;
};

class subscriber final : public noting {
public:
  subscriber(report tell, process& beside) : noting(std::move(tell)), beside_(beside) {}

private:
  void on_start() override {
    pubsub::subscribe(self(), "news",
                      std::make_unique<const runtime::lane>(
                          beside_.pid(), std::make_shared<const as_number>()));
    self().register_name("subscriber");
  }
  process& beside_;
};

/// Has the subscriber beside it.
class target final : public noting {
public:
  target(report tell, report of_subscriber)
      : noting(std::move(tell)), of_subscriber_(std::move(of_subscriber)) {}

private:
  void on_start() override {
    self().register_name("target");
    self().spawn<subscriber>(of_subscriber_, std::ref(self()));
  }
  const report of_subscriber_;
};

/// Hears nothing itself.
class follower final : public noting {
public:
  follower(pid instead, lane_to how)
      : noting([](texts) {}), instead_(std::move(instead)), how_(std::move(how)) {}

private:
  void on_start() override {
    pubsub::subscribe(self(), "news",
                      std::make_unique<const runtime::lane>(instead_, how_));
  }
  const pid instead_;
  const lane_to how_;
};

/// Publishes to both in one turn, and asks them what they have heard.
void publish_all(process& me) {
  pubsub::broadcast(me, "news", "a");
  pubsub::broadcast(me, "news", 1);
  pubsub::broadcast(me, "news", "b");
  pubsub::broadcast_from(me, "news", "c");
  me.send("target", finish{});
  pubsub::broadcast(me, "news", 2);
  me.send("subscriber", finish{});
}

} // namespace

TEST_CASE(
    "what a lane takes arrives at its target, in order, and not at the subscriber") {
  runtime::testing::stepped_node node(tests::any_schedule(),
                                      {.shards = 1, .pool_threads = 1});
  texts passed;
  texts heard;
  node.spawn<target>([&](texts all) { passed = std::move(all); },
                     [&](texts all) { heard = std::move(all); });
  node.run_until_idle();
  node.spawn(publish_all);
  node.run_until_idle();
  CHECK(passed == texts{"4711", "4711", "4711"});
  CHECK(heard == texts{"1", "2"});
}

TEST_CASE("an idle target of a lane handles what is published directly") {
  tests::channel<texts> passed;
  tests::channel<texts> heard;
  runtime::node node{{.shards = 1, .pool_threads = 1}};
  node.spawn<target>([&](texts all) { passed.put(std::move(all)); },
                     [&](texts all) { heard.put(std::move(all)); });
  while (!node.whereis("subscriber"))
    std::this_thread::yield();
  for (int i = 0; i < 3; ++i) {
    node.spawn([](process& me) {
      for (int each = 0; each < 3; ++each)
        pubsub::broadcast(me, "news", "text");
    });
    node.spawn(publish_all);
    CHECK(passed.take() == texts(6, "4711"));
    CHECK(heard.take() == texts{"1", "2"});
  }
  node.stop();
}

TEST_CASE("a target that has exited takes nothing, and its subscriber sleeps on") {
  runtime::testing::stepped_node node(tests::any_schedule(),
                                      {.shards = 1, .pool_threads = 1});
  texts heard;
  const auto other =
      node.spawn<target>([](texts) {}, [&](texts all) { heard = std::move(all); });
  node.run_until_idle();
  node.node().exit(other, runtime::reason::kill);
  node.run_until_idle();
  node.spawn([](process& me) {
    pubsub::broadcast(me, "news", "a");
    pubsub::broadcast(me, "news", 1);
    me.send("subscriber", finish{});
  });
  node.run_until_idle();
  CHECK(heard == texts{"1"});
}

TEST_CASE("lanes of one topic that lead elsewhere do not mix") {
  tests::channel<texts> passed;
  runtime::node node{{.shards = 1, .pool_threads = 1}};
  const lane_to one = std::make_shared<const as_number>(1);
  const lane_to two = std::make_shared<const as_number>(2);
  node.spawn<target>([&](texts all) { passed.put(std::move(all)); }, [](texts) {});
  while (!node.whereis("subscriber"))
    std::this_thread::yield();
  node.spawn([&](process& me) {
    const auto at = me.whereis("target");
    for (const auto& how : {one, one, two, one, two, two})
      me.spawn<follower>(at, how);
    me.send("target", finish{});
  });
  CHECK(passed.take().empty());
  node.spawn([](process& me) -> runtime::waiting<> {
    pubsub::broadcast(me, "news", "text");
    pubsub::broadcast(me, "news", "text");
    co_await me.sleep(std::chrono::milliseconds(1)); // while idle subscribers take it
    me.send("target", finish{});
  });
  auto heard = passed.take();
  std::sort(heard.begin(), heard.end());
  texts wanted(6, "1");
  wanted.insert(wanted.end(), 6, "2");
  wanted.insert(wanted.end(), 2, "4711"); // of the target's own subscriber
  CHECK(heard == wanted);
  node.stop();
}
