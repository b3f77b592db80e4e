// Message timers: what happens to one when its process dies, another thread cancels it,
// or its node stops.
#include "websock/runtime/process/send_timers.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/server/thread_process.hpp"
#include "websock/runtime/testing/tester.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"
#include "tests/support/puppet.hpp"

#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::reference;

namespace {

/// A message that says whether anybody holds it.
using payload = std::shared_ptr<int>;

/// How many timers run on all shards.
[[nodiscard]] std::size_t timers_of(runtime::node& on) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < on.shard_count(); ++i)
    sum += on.shard_at(i).message_timers().size();
  return sum;
}

/// How many are in the heaps, those included that are to be taken out.
[[nodiscard]] bool has_armed(runtime::node& on) {
  for (std::size_t i = 0; i < on.shard_count(); ++i)
    if (on.shard_at(i).timers().next())
      return true;
  return false;
}

} // namespace

TEST_CASE("a process that dies takes its timers with it, and what they would have sent") {
  stepped_node node(any_schedule());
  tester me(node);
  const auto home = GENERATE(0U, 1U);
  const auto who = node.node().spawn_on<puppet>(home, tests::body());
  const auto other = node.node().spawn_on<puppet>(1 - home, tests::body(), me.pid());
  const auto message = std::make_shared<int>(1);
  const auto arm = [&message](const pid& target) {
    return [&message, target](process& self) {
      for (int i = 0; i < 3; ++i)
        self.send_after(1h, target, payload(message));
      self.start_timer(1h, target, payload(message));
      self.send_interval(1h, target, payload(message));
    };
  };
  tell(who, arm(who));
  tell(other, arm(who));
  tell(other, [](process& self) { self.send_after(1h, self, 7); });
  node.run_until_idle();
  CHECK(timers_of(node) == 11);
  CHECK(message.use_count() == 11);
  node.node().exit(who, runtime::reason::kill);
  node.run_until_idle();
  CHECK(timers_of(node) == 1);
  CHECK(message.use_count() == 1);
  CHECK(tests::reports(me, 1h) == lines{"7"});
  CHECK_FALSE(has_armed(node));
}

TEST_CASE("a timer for a process that is dead goes at once") {
  stepped_node node(any_schedule());
  tester me(node);
  const auto dead = node.node().spawn_on<puppet>(GENERATE(0U, 1U), tests::body());
  node.node().exit(dead, runtime::reason::kill);
  node.run_until_idle();
  const auto message = std::make_shared<int>(1);
  for (int i = 0; i < 3; ++i)
    me.in_process([&](process& self) { self.send_after(1h, dead, payload(message)); });
  node.run_until_idle();
  CHECK(timers_of(node) == 0);
  CHECK(message.use_count() == 1);
}

TEST_CASE("a timer for a process is over once that begins to end, wherever it was set") {
  /// Looks at a timer when it hears of its end, before anybody else does.
  class dying final : public runtime::behaviour {
  public:
    explicit dying(std::function<void()> look) : look_(std::move(look)) {}

  private:
    void on_message(runtime::term) override {}
    void on_exit(const runtime::exit_reason&) noexcept override { look_(); }
    const std::function<void()> look_;
  };
  stepped_node node(1);
  tester me(node);
  reference timer;
  bool was_looked_at = false;
  const auto who = node.node().spawn_on<dying>(GENERATE(0U, 1U), [&] {
    was_looked_at = true;
    CHECK_FALSE(node.node().timers_of(timer).read(timer));
    CHECK_FALSE(node.node().timers_of(timer).cancel(timer));
  });
  node.run_until_idle();
  timer = me.in_process([&](process& self) { return self.send_after(1h, who, 1); });
  node.node().exit(who, runtime::reason::kill);
  node.run_until_idle();
  CHECK(was_looked_at);
  CHECK(timers_of(node) == 0);
}

TEST_CASE("a timer for a process of a node that is gone does nothing") {
  pid gone;
  {
    runtime::node other({.shards = 1, .pool_threads = 1});
    gone = other.spawn<puppet>();
  }
  stepped_node node(1);
  tester me(node);
  const auto timer = me.in_process([&](process& self) {
    self.send_after(1s, gone, 1);
    return self.send_interval(1s, gone, 1);
  });
  me.in_process([&](process& self) { CHECK_FALSE(self.read_timer(timer)); });
  me.sleep(3s);
  CHECK(timers_of(node) == 0);
}

TEST_CASE("timers of a process that were cancelled or have fired leave the others") {
  stepped_node node(1);
  tester me(node);
  const auto who = node.spawn<puppet>(tests::body(), me.pid());
  tell(who, [](process& self) {
    std::vector<reference> timers;
    for (int i = 0; i < 6; ++i)
      timers.push_back(self.send_after(std::chrono::seconds(i + 1), self, i));
    for (const int gone : {0, 3, 5}) // the last, one between, the first
      CHECK(self.cancel_timer(timers[static_cast<std::size_t>(gone)]));
  });
  CHECK(tests::reports(me, 3s) == lines{"1", "2"});
  CHECK(timers_of(node) == 1);
  node.node().exit(who, runtime::reason::kill);
  node.run_until_idle();
  CHECK(timers_of(node) == 0);
  CHECK_FALSE(has_armed(node));
}

TEST_CASE("a beat that has not arrived when its interval is cancelled does not arrive") {
  stepped_node node(1);
  tester me(node);
  const auto target = node.node().spawn_on<puppet>(1, tests::body(), me.pid());
  const auto owner = node.node().spawn_on<puppet>(0, tests::body());
  reference timer;
  tell(owner, [&](process& self) { timer = self.send_interval(10ms, target, 7); });
  CHECK(tests::reports(me, 25ms) == lines{"7", "7"});
  node.pass(5ms);
  while (node.node().shard_at(0).step())
    continue; // the beat is on its way to the other shard
  CHECK(node.node().timers_of(timer).cancel(timer) == 10ms);
  CHECK(tests::reports(me, 1s).empty());
}

TEST_CASE("an interval is cancelled by another thread between two beats") {
  runtime::node node({.shards = 2, .pool_threads = 1});
  runtime::thread_process me(node);
  struct beat {};
  struct cancelled {};
  for (int round = 0; round < 20; ++round) {
    const auto timer = me.in_process(
        [](process& self) { return self.send_interval(100us, self, beat{}); });
    CHECK(me.receive(tests::patience, [](beat) {}));
    CHECK(node.timers_of(timer).cancel(timer));
    runtime::send(me.pid(), cancelled{}); // behind the last beat
    bool is_over = false;
    while (!is_over)
      me.receive(
          tests::patience, [](beat) {}, [&](cancelled) { is_over = true; });
    CHECK_FALSE(me.receive(1ms, [](beat) {}));
  }
}

TEST_CASE("timers may be cancelled while their node stops, and when it has stopped") {
  for (int round = 0; round < 5; ++round) {
    constexpr int count = 2'000;
    const auto message = std::make_shared<int>(1);
    std::vector<reference> timers;
    channel<bool> armed;
    channel<bool> some_gone;
    {
      runtime::node node({.shards = 1, .pool_threads = 1});
      node.spawn_on<puppet>(0, [&](process& self) {
        for (int i = 0; i < count; ++i)
          timers.push_back(self.send_after(1'000s + i % 7 * 1s, self, payload(message)));
        armed.put(true);
      });
      static_cast<void>(armed.take());
      std::jthread canceller([&] {
        for (std::size_t i = 0; i < timers.size(); i += 2) {
          static_cast<void>(node.timers_of(timers[i]).cancel(timers[i]));
          if (i == 100)
            some_gone.put(true);
        }
      });
      static_cast<void>(some_gone.take());
      node.stop();
      canceller.join();
      for (const auto each : timers)
        CHECK_FALSE(node.timers_of(each).cancel(each));
      CHECK(node.shard_at(0).message_timers().size() == 0);
    }
    CHECK(message.use_count() == 1);
  }
}

TEST_CASE("a request that is open when its process dies leaves no timer") {
  stepped_node node(1);
  const auto silent = node.spawn<puppet>();
  const auto who =
      node.spawn<puppet>([silent](process& self) { self.send_request(silent, 1h, 1); });
  node.run_until_idle();
  CHECK(timers_of(node) == 1);
  node.node().exit(who, runtime::reason::kill);
  node.run_until_idle();
  CHECK(timers_of(node) == 0);
  CHECK_FALSE(has_armed(node));
}
