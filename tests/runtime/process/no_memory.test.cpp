// Makes each allocation fail in turn: a failure ends the call or the process that
// allocated, and nothing else.
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/send_timers.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/registry/process_group.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/registry/registry.hpp"
#include "websock/runtime/server/gen_server.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/runtime/testing/tester.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/process/memory_scene.hpp"
#include "tests/support/allocations.hpp"

#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::pid;
using runtime::testing::stepped_node;
using tests::fail_each_allocation;
using tests::memory::child;
using tests::memory::scene;
using tests::memory::work;

namespace {

/// `todo(self, other)` may fail at any allocation.
void check(const std::function<void(runtime::process&, const pid&)>& todo) {
  fail_each_allocation([&](std::size_t first, std::size_t count) {
    scene on;
    const auto other = on.all[1];
    const bool has_failed = on.run(
        [&todo, other](runtime::process& self) { todo(self, other); }, first, count);
    on.check_bystander();
    on.check_nothing_is_left();
    return has_failed;
  });
}

} // namespace

TEST_CASE("sending without memory ends the sender at most") {
  check([](runtime::process& self, const pid& other) {
    self.send(other, std::string(100, 'x'));
    self.send(self.pid(), std::string(100, 'x'));
    self.send_after(1ms, other, std::string(100, 'x'));
  });
}

TEST_CASE("spawning without memory ends the process that spawns at most") {
  check([](runtime::process& self, const pid&) {
    self.spawn<child>();
    self.spawn_link<child>();
    static_cast<void>(self.spawn_monitor<child>());
    static_cast<void>(self.start_link<child>());
    self.node().spawn<child>();
  });
}

TEST_CASE("a tie that there is no memory for ends one of the two at most") {
  check([](runtime::process& self, const pid& other) {
    self.link(other);
    static_cast<void>(self.monitor(other));
    self.unlink(other);
    static_cast<void>(self.demonitor(self.monitor(other)));
    self.register_name("somebody");
    runtime::pubsub::subscribe(self, "topic");
  });
}

TEST_CASE("a broadcast without memory reaches fewer, and ends who sends it at most") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    for (const auto& each : on.all)
      runtime::send(each, work([](runtime::process& self) {
                      runtime::pubsub::subscribe(self, "topic");
                    }));
    on.node.run_until_idle();
    const bool has_failed = on.run(
        [](runtime::process& self) {
          runtime::pubsub::broadcast(self, "topic", 1);
          self.send(self.pid(), 1);
          runtime::pubsub::broadcast(self, "topic", 2);
        },
        first, count);
    on.check_bystander();
    return has_failed;
  });
}

TEST_CASE("whoever waits for the end of a process hears of it, memory or not") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    runtime::send(on.all[1], work([to = on.all[0]](runtime::process& self) {
                    self.trap_exit(true);
                    self.link(to);
                    static_cast<void>(self.monitor(to));
                  }));
    on.node.run_until_idle();
    const bool has_failed =
        on.run([](runtime::process&) { runtime::process::exit(runtime::reason::normal); },
               first, count);
    on.node.run_until_idle();
    REQUIRE_FALSE(on.all[0].is_alive());
    const bool has_failed_itself = !on.all[1].is_alive();
    REQUIRE((on.heard[1] == 2 || has_failed_itself));
    on.check_bystander();
    return has_failed;
  });
}

TEST_CASE("a process that is in tables and dies without memory is in none afterwards") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    runtime::registry names(runtime::registry::keys_are::unique);
    runtime::process_group::scope groups;
    runtime::send(on.all[1], work([&groups](runtime::process& self) {
                    static_cast<void>(groups.monitor(self, "group"));
                  }));
    runtime::send(on.all[0], work([&](runtime::process& self) {
                    static_cast<void>(names.register_key(self, "key", 1));
                    groups.join("group", self.pid());
                    runtime::pubsub::subscribe(self, "topic");
                    self.register_name("somebody");
                    self.send_after(1h, self, 1);
                    self.send_interval(1h, on.all[1], 1);
                  }));
    on.node.run_until_idle();
    const bool has_failed =
        on.run([](runtime::process&) { runtime::process::exit(runtime::reason::normal); },
               first, count);
    on.node.run_until_idle();
    REQUIRE_FALSE(on.all[0].is_alive());
    REQUIRE(names.lookup("key").empty());
    REQUIRE(groups.members("group").empty());
    REQUIRE(on.node.node().whereis("somebody") == pid());
    on.check_bystander();
    return has_failed;
  });
}

TEST_CASE("a group that there was no memory to monitor can be joined and left") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    runtime::process_group::scope groups;
    const bool has_failed = on.run(
        [&groups](runtime::process& self) {
          static_cast<void>(groups.monitor(self, "group"));
        },
        first, count);
    groups.join("group", on.all[1]);
    REQUIRE(groups.leave("group", on.all[1]) == runtime::process_group::leave_result::ok);
    on.node.run_until_idle();
    on.check_bystander();
    return has_failed;
  });
}

TEST_CASE("a topic that there was no memory to subscribe to has broadcasts") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    const std::string topic(100, 't');
    const bool has_failed = on.run(
        [&topic](runtime::process& self) { runtime::pubsub::subscribe(self, topic); },
        first, count);
    runtime::send(on.all[1], work([&topic](runtime::process& self) {
                    static_cast<void>(runtime::pubsub::broadcast_counted(self, topic, 1));
                  }));
    on.node.run_until_idle();
    REQUIRE(on.heard[1] == 1); // the result
    on.check_bystander();
    return has_failed;
  });
}

TEST_CASE("a message of a timer that there is no memory for comes a little later") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    runtime::send(on.all[1], work([to = on.all[0]](runtime::process& self) {
                    self.send_after(1s, to, 1);
                    self.start_timer(1s, to, 1);
                  }));
    on.node.run_until_idle();
    bool has_failed = false;
    {
      const tests::failing_allocations now(first, count);
      on.node.advance(1s);
      has_failed = now.has_failed();
    }
    on.node.advance(10s);
    REQUIRE((on.heard[0] == 2 || !on.all[0].is_alive()));
    on.check_bystander();
    return has_failed;
  });
}

TEST_CASE("a crash without memory to describe it ends its process") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    const bool has_failed =
        on.run([](runtime::process&) { throw std::runtime_error(std::string(100, 'x')); },
               first, count);
    REQUIRE_FALSE(on.all[0].is_alive());
    on.check_bystander();
    return has_failed;
  });
}

// The shards come last; CAF's actor system, before them, does not survive this.
TEST_CASE("a node without memory for its shards is not made, and leaves nothing behind") {
  const auto taken_by = [](std::size_t shards) {
    const auto before = tests::allocations();
    const stepped_node made(1, {.shards = shards, .pool_threads = 1});
    return tests::allocations() - before;
  };
  const auto of_caf = 2 * taken_by(1) - taken_by(2);
  fail_each_allocation([of_caf](std::size_t first, std::size_t count) {
    if (count > 1)
      return false; // nor does its end
    std::optional<tests::failing_allocations> now(std::in_place, of_caf + first, count);
    try {
      const stepped_node made(1, {.shards = 2, .pool_threads = 1});
      const bool has_failed = now->has_failed();
      now.reset();
      return has_failed;
    } catch (const std::bad_alloc&) {
      return true;
    }
  });
}
