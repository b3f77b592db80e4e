// The signals a process gets from dead processes and from itself: they arrive after its
// turn, whatever the shard.
#include "websock/runtime/process/process.hpp"

#include "tests/catch.hpp"
#include "tests/support/puppet.hpp"

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;

namespace {

/// A puppet on shard 0 and a dead process, on its shard or another one.
struct scene {
  scene() : one(node.node().spawn_on<puppet>(0, body(), me.pid())) {
    node.node().exit(dead, runtime::reason::shutdown);
    node.run_until_idle();
  }
  [[nodiscard]] lines in_one(body todo) {
    tell(one, std::move(todo));
    return reports(me, 1s);
  }

  stepped_node node{GENERATE(range(1U, 4U)), {.shards = 2, .pool_threads = 1}};
  tester me{node};
  pid dead = node.node().spawn_on<puppet>(GENERATE(0U, 1U));
  pid one;
};

} // namespace

TEST_CASE(
    "a monitor of a dead process that is undone at once was active, and is silent") {
  scene on;
  bool was_active = false;
  CHECK(on.in_one([&](process& self) {
            was_active = self.demonitor(self.monitor(on.dead));
          }).empty());
  CHECK(was_active);
}

TEST_CASE("a monitor of a name that nobody has is undone the same way") {
  scene on;
  bool was_active = false;
  CHECK(on.in_one([&](process& self) {
            was_active = self.demonitor(self.monitor("nobody"));
          }).empty());
  CHECK(was_active);
}

TEST_CASE("a link to a dead process that is undone at once has no effect") {
  scene on;
  CHECK(on.in_one([&](process& self) {
            self.trap_exit(true);
            self.link(on.dead);
            self.unlink(on.dead);
          }).empty());
}

TEST_CASE("left alone, they tell of the dead once the turn is over") {
  scene on;
  const auto heard = on.in_one([&](process& self) {
    self.trap_exit(true);
    self.link(on.dead);
    static_cast<void>(self.monitor(on.dead));
    static_cast<void>(self.monitor("nobody"));
    CHECK(self.message_queue_len() == 0);
  });
  CHECK(heard.size() == 3);
}

TEST_CASE("an exit signal to itself is decided when the callback is over") {
  stepped_node node(GENERATE(range(1U, 4U)));
  tester me(node);
  const auto one = node.spawn<puppet>(body(), me.pid());
  static_cast<void>(me.monitor(one));
  const auto boom = runtime::reason::of(std::string("boom"));
  SECTION("who traps exits no more by then ends with it") {
    tell(one, [&](process& self) {
      self.trap_exit(true);
      self.exit(self.pid(), boom);
      CHECK(self.trap_exit(false));
    });
    CHECK(reason_of_down(me, 1s) == "\"boom\"");
  }
  SECTION("normal is forgotten then") {
    tell(one, [&](process& self) {
      self.trap_exit(true);
      self.exit(self.pid(), runtime::reason::normal);
      self.trap_exit(false);
      CHECK(self.message_queue_len() == 0);
    });
    CHECK(reason_of_down(me, 1s) == "alive");
    CHECK(reports(me, 1s).empty());
  }
  SECTION("who still traps them gets a message, in order") {
    tell(one, [&](process& self) {
      self.trap_exit(true);
      self.send(self.pid(), 1);
      self.exit(self.pid(), boom);
      self.send(self.pid(), 2);
    });
    CHECK(reports(me, 1s).size() == 3);
    CHECK(reason_of_down(me, 1s) == "alive");
  }
}

TEST_CASE("an exit signal to itself that has become a message stays one") {
  stepped_node node(1);
  tester me(node);
  bool got = false;
  const auto one = node.spawn([&](process& self) -> runtime::waiting<> {
    self.trap_exit(true);
    self.exit(self.pid(), runtime::reason::of(1));
    co_await self.sleep(1ms);
    self.exit(self.pid(), runtime::reason::normal);
    self.trap_exit(false);
    const auto exited = [](const runtime::exit_signal&) {};
    got = co_await self.receive(0s, exited);
  });
  static_cast<void>(me.monitor(one));
  CHECK(reason_of_down(me, 1s) == "normal");
  CHECK(got);
}
