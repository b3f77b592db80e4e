// What a full mailbox drops, what it never drops, and how its process ends.
#include "runtime/mailbox_limit.hpp"

#include "runtime/gen_server.hpp"
#include "runtime/node.hpp"
#include "runtime/process_info.hpp"
#include "runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/support/puppet.hpp"

#include <algorithm>
#include <chrono>
#include <string>

using namespace std::chrono_literals;
using runtime::mailbox_limit;
using runtime::process;
using runtime::when_full;
using runtime::testing::stepped_node;
using runtime::testing::tester;
using tests::lines;
using tests::puppet;

namespace {

/// A process with a limit of three messages that takes none while it is held.
struct scene {
  explicit scene(when_full policy)
      : target(node.spawn<puppet>(
          [policy](process& self) {
            self.limit_mailbox({3, policy});
          },
          me.pid())) {
    node.run_until_idle();
  }

  void hold() { target.local()->suspend(); }
  void go_on() {
    target.local()->resume();
    node.run_until_idle();
  }
  void send(std::initializer_list<int> messages) {
    for (const int each : messages)
      runtime::send(target, each);
    node.run_until_idle();
  }
  [[nodiscard]] lines received() { return tests::reports(me, 0ms); }
  [[nodiscard]] std::uint64_t dropped() {
    const auto found = runtime::info(me, target);
    REQUIRE(found);
    return found->messages_dropped;
  }

  stepped_node node{7};
  tester me{node};
  runtime::pid target;
};

/// Never handles anything but what ends it.
class clerk final : public runtime::gen_server {
public:
  explicit clerk(lines& log) : log_(log) {}

private:
  runtime::server_result init() override {
    self().limit_mailbox({2, when_full::close});
    return runtime::noreply();
  }
  runtime::server_result handle_info(runtime::term info) override {
    log_.push_back(to_string(info));
    return runtime::noreply();
  }
  void terminate(const runtime::exit_reason& why) override {
    log_.push_back("terminate " + to_string(why));
  }
  lines& log_;
};

} // namespace

TEST_CASE("without a limit any number of messages waits") {
  stepped_node node{7};
  tester me{node};
  const auto target = node.spawn<puppet>(tests::body{}, me.pid());
  node.run_until_idle();
  target.local()->suspend();
  for (int i = 0; i < 10'000; ++i)
    runtime::send(target, i);
  target.local()->resume();
  node.run_until_idle();
  CHECK(tests::reports(me, 0ms).size() == 10'000);
}

TEST_CASE("drop_newest: what comes to a full mailbox is dropped, and counted") {
  scene on(when_full::drop_newest);
  on.hold();
  on.send({1, 2, 3, 4, 5});
  CHECK(on.dropped() == 2);
  on.go_on();
  CHECK(on.received() == lines{"1", "2", "3"});
  on.send({6});
  CHECK(on.received() == lines{"6"});
  CHECK(on.dropped() == 2);
}

TEST_CASE("drop_oldest: what waits longest makes room") {
  scene on(when_full::drop_oldest);
  on.hold();
  on.send({1, 2, 3, 4, 5});
  CHECK(on.dropped() == 2);
  on.go_on();
  CHECK(on.received() == lines{"3", "4", "5"});
}

TEST_CASE("a full mailbox still takes timers, downs, exit signals and responses") {
  scene on(when_full::drop_newest);
  const auto other = on.node.spawn<puppet>();
  on.node.run_until_idle();
  tests::tell(on.target, [other](process& self) {
    self.trap_exit(true);
    static_cast<void>(self.monitor(other));
    self.link(other);
    self.send_after(10ms, self.pid(), std::string("tick"));
    static_cast<void>(self.send_request(other, 5ms, std::string("never answered")));
  });
  on.node.run_until_idle();
  on.hold();
  on.send({1, 2, 3});
  on.node.node().exit(other, runtime::reason(std::string("boom")));
  on.node.advance(20ms);
  on.send({4});
  CHECK(on.dropped() == 1);
  on.go_on();
  const auto received = on.received();
  REQUIRE(received.size() == 7);
  const auto has = [&](const std::string& part) {
    return std::count_if(received.begin(), received.end(), [&](const std::string& each) {
      return each.find(part) != std::string::npos;
    });
  };
  CHECK(has("tick") == 1);
  CHECK(has("down{") == 1);
  CHECK(has("exit_signal{") == 1);
  CHECK(has("response") == 1);
}

TEST_CASE("drop_oldest never drops what is not a message, and then drops the newest") {
  scene on(when_full::drop_oldest);
  tests::tell(on.target, [](process& self) {
    for (int i = 0; i < 3; ++i)
      self.send_after(1ms, self.pid(), std::string("tick"));
  });
  on.node.run_until_idle();
  on.hold();
  on.node.advance(2ms);
  on.send({1, 2});
  CHECK(on.dropped() == 2);
  on.go_on();
  CHECK(on.received() == lines{"\"tick\"", "\"tick\"", "\"tick\""});
}

TEST_CASE("exit_killed: the process ends at once with killed, and the log says why") {
  scene on(when_full::exit_killed);
  const auto monitor = on.me.monitor(on.target);
  static_cast<void>(monitor);
  on.hold();
  on.send({1, 2, 3});
  CHECK(tests::reason_of_down(on.me, 0ms) == "alive");
  on.send({4});
  CHECK(tests::reason_of_down(on.me, 0ms) == "killed");
  CHECK(on.received().empty());
  REQUIRE(on.node.log_lines().size() == 1);
  CHECK(on.node.log_lines()[0].find("its mailbox is full, with 3 messages")
        != std::string::npos);
}

TEST_CASE(
    "exit_killed: a process that floods itself ends when its callback has returned") {
  scene on(when_full::exit_killed);
  static_cast<void>(on.me.monitor(on.target));
  bool has_returned = false;
  tests::tell(on.target, [&](process& self) {
    for (int i = 0; i < 10; ++i)
      runtime::send(self.pid(), i);
    has_returned = true;
  });
  CHECK(tests::reason_of_down(on.me, 1ms) == "killed");
  CHECK(has_returned);
}

TEST_CASE("close: the messages that wait are dropped and the process exits") {
  scene on(when_full::close);
  static_cast<void>(on.me.monitor(on.target));
  on.hold();
  on.send({1, 2, 3, 4, 5});
  CHECK(on.dropped() == 4); // 1 to 4; 5 waits behind the order to exit
  on.go_on();
  CHECK(tests::reason_of_down(on.me, 0ms) == "\"mailbox_full\"");
  CHECK(on.received().empty());
  CHECK(on.node.log_lines().size() == 1);
}

TEST_CASE("close: a gen_server is terminated before it exits") {
  stepped_node node{7};
  tester me{node};
  lines log;
  const auto target = node.spawn<clerk>(std::ref(log));
  node.run_until_idle();
  static_cast<void>(me.monitor(target));
  target.local()->suspend();
  for (int i = 0; i < 3; ++i)
    runtime::send(target, i);
  target.local()->resume();
  CHECK(tests::reason_of_down(me, 1ms) == "\"mailbox_full\"");
  CHECK(log == lines{"terminate \"mailbox_full\""});
  CHECK(node.log_lines().size() == 1);
}
