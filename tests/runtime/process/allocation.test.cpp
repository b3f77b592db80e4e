// How much the paths that run for every message allocate.
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/runtime/time/timer_queue.hpp"

#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/inner.hpp"

#include <memory>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::pid;
using runtime::process;
using runtime::testing::stepped_node;

namespace {

/// How many allocations `work` makes.
template <class F>
std::size_t cost(F work) {
  const auto before = tests::allocations();
  work();
  return tests::allocations() - before;
}

/// A test that counts starts with this and is over when it says no.
bool can_count() {
  if (!tests::are_allocations_counted())
    SUCCEED("a sanitizer brings an operator new of its own");
  return tests::are_allocations_counted();
}

/// Passes what it gets on, as a new value.
class relay final : public runtime::behaviour {
public:
  relay(pid to, int& handled) : to_(std::move(to)), handled_(handled) {}

private:
  void on_message(runtime::term message) override {
    ++handled_;
    if (to_)
      self().send(to_, message.get<int>() + 1);
  }
  const pid to_;
  int& handled_;
};

struct pair_of_relays {
  explicit pair_of_relays(std::size_t shards)
      : node(1, {.shards = shards, .pool_threads = 1}) {
    last = node.spawn<relay>(pid(), std::ref(handled));
    first = node.spawn<relay>(last, std::ref(handled));
    runtime::send(first, 0);
    node.run_until_idle();
    handled = 0;
  }
  int handled = 0;
  stepped_node node;
  pid last;
  pid first;
};

} // namespace

TEST_CASE("the counter counts") {
  if (!can_count())
    return;
  CHECK(cost([] {}) == 0);
  CHECK(cost([] { std::vector<int>(10); }) == 1);
}

TEST_CASE("sending a small value and handling it costs one allocation, its letter") {
  if (!can_count())
    return;
  const auto shards = GENERATE(as<std::size_t>{}, 1, 2);
  pair_of_relays run(shards);
  runtime::send(run.first, 1);
  // The first handles what is there already and sends; the second handles that.
  CHECK(cost([&] { run.node.run_until_idle(); }) == 1);
  CHECK(run.handled == 2);
}

TEST_CASE("a term that exists already costs an envelope to send, and nothing to handle") {
  if (!can_count())
    return;
  pair_of_relays run(1);
  const runtime::term value(1);
  CHECK(cost([&] {
          runtime::send(run.last, value);
          runtime::send(run.last, value);
        })
        == 2);
  CHECK(cost([&] { run.node.run_until_idle(); }) == 0);
  CHECK(run.handled == 2);
}

TEST_CASE("a turn of an idle process costs nothing") {
  if (!can_count())
    return;
  pair_of_relays run(1);
  bool ran = false;
  CHECK(cost([&] { tests::process_of(run.first).run_turn([&] { ran = true; }); }) == 0);
  CHECK(ran);
}

TEST_CASE("copying, comparing and matching terms and pids costs nothing") {
  if (!can_count())
    return;
  pair_of_relays run(1);
  const runtime::term value(1);
  CHECK(cost([&] {
          const runtime::term copy = value;
          copy.match([](int) {});
          const pid other = run.first;
          static_cast<void>(copy == value && other == run.last);
        })
        == 0);
}

TEST_CASE("an exit reason without a detail costs nothing") {
  if (!can_count())
    return;
  CHECK(cost([] {
          const runtime::exit_reason why = runtime::reason::shutdown;
          static_cast<void>(why == runtime::exit_reason(runtime::reason::normal));
        })
        == 0);
}

TEST_CASE("arming a timer costs nothing once the heap has grown") {
  if (!can_count())
    return;
  class silent final : public runtime::timer {
  public:
    ~silent() override = default;
    void expire(runtime::time_point) override {}
  };
  std::vector<std::unique_ptr<silent>> timers;
  for (int i = 0; i < 100; ++i)
    timers.push_back(std::make_unique<silent>());
  runtime::timer_queue queue;
  const auto fill_and_empty = [&] {
    for (auto& each : timers)
      queue.arm(*each, runtime::time_point{} + 1s);
    queue.disarm(*timers[50]);
    queue.expire(runtime::time_point{} + 2s);
  };
  fill_and_empty();
  CHECK(cost(fill_and_empty) == 0);
}

TEST_CASE(
    "a broadcast costs one allocation for its value, and none for each subscriber once "
    "the shard has letters to spare") {
  if (!can_count())
    return;
  class subscriber final : public runtime::behaviour {
    void on_start() override { runtime::pubsub::subscribe(self(), "news"); }
    void on_message(runtime::term) override {}
  };
  stepped_node node(1, {.shards = 1, .pool_threads = 1});
  for (int i = 0; i < 10; ++i)
    node.spawn<subscriber>();
  class publisher final : public runtime::behaviour {
    void on_message(runtime::term) override {
      runtime::pubsub::broadcast(self(), "news", 1);
    }
  };
  const pid publishing = node.spawn<publisher>();
  node.run_until_idle();
  runtime::send(publishing, 1);
  node.run_until_idle();
  runtime::send(publishing, 1);
  CHECK(cost([&] { node.run_until_idle(); }) == 1);
}
