// Operations with several steps happen completely or not at all, whichever allocation
// fails; and no signal is lost.
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/send_timers.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/registry/process_group.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/registry/registry.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/process/memory_scene.hpp"
#include "tests/support/allocations.hpp"

#include <cstddef>
#include <functional>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::pid;
using tests::fail_each_allocation;
using tests::memory::child;
using tests::memory::scene;
using tests::memory::work;

TEST_CASE("a key that there was no memory to register is nobody's") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    using enum runtime::registry::keys_are;
    scene on;
    runtime::registry names(first % 2 == 0 ? unique : duplicate);
    const std::string key(100, 'k');
    bool is_registered = false;
    const bool has_failed = on.run(
        [&](runtime::process& self) {
          is_registered = names.register_key(self, key, 1).is_ok();
        },
        first, count);
    const bool is_there = is_registered && on.all[0].is_alive();
    REQUIRE(names.lookup(key).size() == (is_there ? 1 : 0));
    REQUIRE(names.keys(on.all[0]).size() == (is_there ? 1 : 0));
    REQUIRE(names.count() == (is_there ? 1 : 0));
    on.node.node().exit(on.all[0], runtime::reason::kill);
    on.node.run_until_idle();
    REQUIRE(names.lookup(key).empty());
    REQUIRE(names.count() == 0);
    on.check_bystander();
    return has_failed;
  });
}

TEST_CASE("a group that there was no memory to join has none of those who would") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    runtime::process_group::scope groups;
    const std::string group(100, 'g');
    runtime::send(on.all[2], work([&](runtime::process& self) {
                    static_cast<void>(groups.monitor(self, group));
                    static_cast<void>(groups.monitor_scope(self));
                  }));
    on.node.run_until_idle();
    bool has_joined = false;
    const bool has_failed = on.run(
        [&, other = on.all[1]](runtime::process& self) {
          groups.join(group, {self.pid(), other, other});
          has_joined = true;
        },
        first, count);
    std::size_t joins = 0; // of those who live
    if (has_joined)
      joins = (on.all[0].is_alive() ? 1U : 0U) + (on.all[1].is_alive() ? 2U : 0U);
    REQUIRE(groups.members(group).size() == joins);
    REQUIRE(groups.which_groups().size() == (joins == 0 ? 0 : 1));
    REQUIRE((has_joined || on.heard[2] == 0));
    REQUIRE((!has_joined || on.heard[2] >= 2));
    for (int i = 0; i < 2; ++i)
      on.node.node().exit(on.all[i], runtime::reason::kill);
    on.node.run_until_idle();
    REQUIRE(groups.which_groups().empty());
    on.check_bystander();
    return has_failed;
  });
}

TEST_CASE("a group that there was no memory to leave is left by all who would, or none") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    runtime::process_group::scope groups;
    groups.join("group", {on.all[0], on.all[1]});
    runtime::send(on.all[2], work([&](runtime::process& self) {
                    static_cast<void>(groups.monitor(self, "group"));
                    static_cast<void>(groups.monitor_scope(self));
                  }));
    on.node.run_until_idle();
    bool has_left = false;
    const bool has_failed = on.run(
        [&, all = std::vector<pid>{on.all[0], on.all[1]}](runtime::process& self) {
          self.trap_exit(true);
          try {
            static_cast<void>(groups.leave("group", all));
            has_left = true;
          } catch (const std::bad_alloc&) {
            has_left = false;
          }
        },
        first, count);
    if (on.all[0].is_alive()) {
      REQUIRE(groups.members("group").size() == (has_left ? 0 : 2));
      REQUIRE(on.heard[2] == (has_left ? 2 : 0));
    }
    on.check_bystander();
    return has_failed;
  });
}

TEST_CASE(
    "a timer that there was no memory to start does not fire, nor one of the dead") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    bool is_started = false;
    const bool has_failed = on.run(
        [&, other = on.all[1]](runtime::process& self) {
          self.send_after(1s, other, std::string(100, 'x'));
          is_started = true;
        },
        first, count);
    auto& timers = on.node.node().shard_at(0).message_timers();
    auto& others = on.node.node().shard_at(1).message_timers();
    const bool runs = is_started && on.all[1].is_alive();
    REQUIRE(timers.size() + others.size() == (runs ? 1 : 0));
    // Whoever is at the place of one that is dead has timers that end with it.
    on.node.node().exit(on.all[1], runtime::reason::kill);
    on.node.run_until_idle();
    REQUIRE(timers.size() + others.size() == 0);
    on.check_bystander();
    return has_failed;
  });
}

TEST_CASE("a request that there was no memory for has no response, any other has one") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    int asked = 0;
    const bool has_failed = on.run(
        [&, other = on.all[1]](runtime::process& self) {
          for (int i = 0; i < 2; ++i)
            try {
              self.send_request(other, 1s, std::string(100, 'x'));
              ++asked;
            } catch (const std::bad_alloc&) {
              self.trap_exit(true);
            }
        },
        first, count);
    on.node.advance(10s); // nobody answers
    if (on.all[0].is_alive())
      REQUIRE(on.heard[0] == asked);
    on.check_bystander();
    return has_failed;
  });
}

TEST_CASE("a counted broadcast without memory has its result, or is not sent") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    const std::string topic(100, 't');
    for (int i = 1; i < 3; ++i)
      runtime::send(on.all[i], work([&topic](runtime::process& self) {
                      runtime::pubsub::subscribe(self, topic);
                    }));
    on.node.run_until_idle();
    bool is_sent = false;
    const bool has_failed = on.run(
        [&](runtime::process& self) {
          static_cast<void>(runtime::pubsub::broadcast_counted(self, topic, 1));
          is_sent = true;
        },
        first, count);
    REQUIRE(on.heard[0] == (is_sent ? 1 : 0));
    on.check_bystander();
    return has_failed;
  });
}

TEST_CASE(
    "a process that was monitored at its start without memory is there, or is not") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    std::optional<std::pair<pid, runtime::reference>> made;
    const bool has_failed = on.run(
        [&](runtime::process& self) {
          try {
            made = self.spawn_monitor<child>();
          } catch (const std::bad_alloc&) {
            made.reset();
          }
        },
        first, count);
    if (on.all[0].is_alive() && !made)
      REQUIRE(on.node.node().process_count() == 3);
    if (made && on.all[0].is_alive()) {
      on.node.node().exit(made->first, runtime::reason::kill);
      on.node.run_until_idle();
      REQUIRE(on.heard[0] == 1);
    }
    on.check_bystander();
    return has_failed;
  });
}

TEST_CASE("whoever is tied to a process that has no memory for it hears of its end") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    runtime::send(on.all[0], work([](runtime::process& self) { self.trap_exit(true); }));
    on.node.run_until_idle();
    int ties = 0;
    const bool has_failed = on.run(
        [&, other = on.all[1]](runtime::process& self) {
          try {
            self.link(other);
            ++ties;
            static_cast<void>(self.monitor(other));
            ++ties;
          } catch (const std::bad_alloc&) {
            self.trap_exit(true);
          }
        },
        first, count);
    on.node.node().exit(on.all[1], runtime::reason::kill);
    on.node.run_until_idle();
    REQUIRE_FALSE(on.all[1].is_alive());
    if (on.all[0].is_alive())
      REQUIRE(on.heard[0] == ties);
    on.check_bystander();
    return has_failed;
  });
}

TEST_CASE("whoever ties itself to a dead process hears of it, memory or not") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    scene on;
    on.node.node().exit(on.all[1], runtime::reason::kill);
    on.node.run_until_idle();
    int ties = 0;
    const bool has_failed = on.run(
        [&, dead = on.all[1]](runtime::process& self) {
          self.trap_exit(true);
          try {
            self.link(dead);
            ++ties;
            static_cast<void>(self.monitor(dead));
            ++ties;
          } catch (const std::bad_alloc&) {
            self.trap_exit(true);
          }
        },
        first, count);
    if (on.all[0].is_alive())
      REQUIRE(on.heard[0] == ties);
    on.check_bystander();
    return has_failed;
  });
}

TEST_CASE("a node that has stopped counts nobody whom there was no memory to spawn") {
  fail_each_allocation([](std::size_t first, std::size_t count) {
    runtime::node node({.shards = 1, .pool_threads = 1});
    node.stop();
    bool is_alive = true;
    bool has_failed = false;
    {
      const tests::failing_allocations now(first, count);
      try {
        is_alive = node.spawn<child>().is_alive();
      } catch (const std::bad_alloc&) {
        is_alive = false;
      }
      has_failed = now.has_failed();
    }
    REQUIRE_FALSE(is_alive);
    REQUIRE(node.process_count() == 0);
    return has_failed;
  });
}
