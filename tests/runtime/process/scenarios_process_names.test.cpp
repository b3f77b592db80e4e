// Recorded scenarios: registered names, aliases, and which message a receive takes.
#include "websock/runtime/registry/process_info.hpp"
#include "websock/runtime/testing/tester.hpp"

#include "tests/catch.hpp"
#include "tests/support/puppet.hpp"

#include <stdexcept>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;

namespace {

struct a {
  int value;
  friend std::string to_string(const a& it) { return "a: " + std::to_string(it.value); }
};
struct b {
  int value;
  friend std::string to_string(const b& it) { return "b: " + std::to_string(it.value); }
};

} // namespace

TEST_CASE("a name leads to its process until it is unregistered", "[register-basic]") {
  stepped_node node(any_schedule());
  tester me(node);
  me.in_process([](process& self) {
    self.register_name("a");
    CHECK(self.whereis("a") == self.pid());
    self.send("a", std::string("hi"));
  });
  CHECK(me.flush(20ms) == lines{"\"hi\""});
  me.in_process([](process& self) {
    self.unregister_name("a");
    CHECK_FALSE(self.whereis("a"));
  });
}

TEST_CASE("neither a dead process nor an empty name can be registered",
          "[register-dead-pid]") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn([](process&) {});
  me.sleep(20ms);
  CHECK_THROWS_AS(node.node().register_name("d", p), std::invalid_argument);
  CHECK_FALSE(node.node().whereis("d"));
  CHECK(raises<std::invalid_argument>(me, [](process& self) { self.register_name(""); }));
}

TEST_CASE("a name is for one process and a process has one name",
          "[register-duplicate]") {
  stepped_node node(any_schedule());
  tester me(node);
  me.in_process([](process& self) { self.register_name("b"); });
  CHECK_THROWS_AS(node.node().register_name("b", node.spawn<puppet>()),
                  std::invalid_argument);
  CHECK(
      raises<std::invalid_argument>(me, [](process& self) { self.register_name("c"); }));
  CHECK(
      raises<std::invalid_argument>(me, [](process& self) { self.register_name("b"); }));
  CHECK(node.node().whereis("b") == me.pid());
  CHECK_FALSE(node.node().whereis("c"));
  me.in_process([](process& self) { self.unregister_name("b"); });
}

TEST_CASE("unregistering a name that nobody has raises", "[unregister-absent]") {
  stepped_node node(any_schedule());
  tester me(node);
  CHECK(raises<std::invalid_argument>(
      me, [](process& self) { self.unregister_name("absent"); }));
}

TEST_CASE("sending to a name that nobody has raises, to a dead process it is silent",
          "[send-unregistered-name]") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn([](process&) {});
  me.sleep(20ms);
  CHECK(raises<std::invalid_argument>(me, [](process& self) { self.send("absent", 1); }));
  CHECK_FALSE(raises<std::exception>(me, [p](process& self) {
    self.send(p, 1);
    self.send(self.whereis("absent"), 1);
  }));
  CHECK(me.flush(20ms).empty());
}

TEST_CASE("a message to an alias that its owner has not looked at is dropped by unalias",
          "[alias-unalias]") {
  stepped_node node(any_schedule());
  tester me(node);
  me.in_process([](process& self) {
    const auto address = self.alias();
    self.send(address, 1);
    self.unalias(address);
    self.send(address, 2);
  });
  CHECK(me.flush(20ms).empty());
}

TEST_CASE("a message to an alias that was received before unalias stays",
          "[alias-unalias-received]") {
  stepped_node node(any_schedule());
  tester me(node);
  const auto address = me.in_process([](process& self) { return self.alias(); });
  runtime::send(address, 1);
  CHECK(me.flush(20ms) == lines{"1"});
  me.in_process([&](process& self) { CHECK(self.unalias(address)); });
  runtime::send(address, 2);
  CHECK(me.flush(20ms).empty());
}

TEST_CASE("receive takes the first message that matches and leaves the others in order",
          "[selective-receive-order]") {
  stepped_node node(any_schedule());
  tester me(node);
  me.in_process([](process& self) {
    self.send(self.pid(), b{1});
    self.send(self.pid(), a{1});
    self.send(self.pid(), b{2});
    self.send(self.pid(), a{2});
  });
  CHECK(me.receive(0ms, [](const a& it) { return it.value; }) == 1);
  CHECK(me.receive(0ms, [](const b& it) { return it.value; }) == 1);
  CHECK(me.flush(0ms) == lines{"b: 2", "a: 2"});
}

TEST_CASE("a dead process is not alive and there is nothing to know about it",
          "[process-info-dead]") {
  stepped_node node(any_schedule());
  tester me(node);
  const pid p = node.spawn([](process&) {});
  me.sleep(20ms);
  CHECK_FALSE(p.is_alive());
  CHECK_FALSE(runtime::info(me, p));
}
