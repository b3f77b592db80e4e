// What a full mailbox drops, what it never drops, and how its process exits.
#include "websock/runtime/mailbox/mailbox_limit.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/registry/process_info.hpp"
#include "websock/runtime/server/gen_server.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/support/held_process.hpp"
#include "tests/support/inner.hpp"
#include "tests/support/puppet.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::mailbox_limit;
using runtime::when_full;

namespace {

/// A process with a limit of three messages.
struct scene : tests::held_process {
  explicit scene(when_full policy) : held_process({3, 0, policy}) {}
};

/// Never handles anything but what ends it.
class clerk final : public runtime::gen_server {
public:
  explicit clerk(lines& log) : log_(log) {}

private:
  runtime::server_result init() override {
    self().limit_mailbox({2, 0, when_full::close});
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

/// What an int weighs in a mailbox.
std::size_t weight_of_number() {
  tests::held_process on({0, 1'000, when_full::drop_newest});
  on.hold();
  on.send({1});
  return on.info().message_queue_bytes;
}

} // namespace

TEST_CASE("without a limit any number of messages waits") {
  stepped_node node{7};
  tester me{node};
  const auto target = node.spawn<puppet>(tests::body{}, me.pid());
  node.run_until_idle();
  tests::suspend(target);
  for (int i = 0; i < 10'000; ++i)
    runtime::send(target, i);
  tests::resume(target);
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

TEST_CASE("whatever the policy, a full mailbox still takes timers, downs, exit signals, "
          "responses and orders to end") {
  const auto policy =
      GENERATE(when_full::drop_newest, when_full::drop_oldest, when_full::keep_latest,
               when_full::exit_killed, when_full::close);
  const bool by_count = GENERATE(true, false);
  tests::held_process on(by_count ? mailbox_limit{3, 0, policy}
                                  : mailbox_limit{0, 3 * weight_of_number(), policy});
  const auto other = on.node.spawn<puppet>();
  on.node.run_until_idle();
  tests::tell(on.target, [other](process& self) {
    self.trap_exit(true);
    static_cast<void>(self.monitor(other));
    self.link(other);
    self.send_after(10ms, self.pid(), std::string(100, 't'));
    self.start_timer(11ms, self.pid(), std::string("timer"));
    static_cast<void>(self.send_request(other, 5ms, std::string("never answered")));
  });
  on.node.run_until_idle();
  on.hold();
  on.send({1, 2, 3});
  on.node.node().exit(other, runtime::reason::of(std::string("boom")));
  on.node.advance(20ms);
  runtime::detail::send_kept(on.target, std::string("order"));
  on.node.run_until_idle();
  CHECK(on.info().message_queue_len == 9);
  CHECK(on.dropped() == 0);
  const auto received = on.rest();
  const auto has = [&](const std::string& part) {
    return std::count_if(received.begin(), received.end(), [&](const std::string& each) {
      return each.find(part) != std::string::npos;
    });
  };
  CHECK(received.size() == 9);
  CHECK(lines(received.begin(), received.begin() + 3) == lines{"1", "2", "3"});
  CHECK(has("ttttt") == 1);
  CHECK(has("timer_expired") == 1);
  CHECK(has("down{") == 1);
  CHECK(has("exit_signal{") == 1);
  CHECK(has("response") == 1);
  CHECK(received.back() == "\"order\"");
}

TEST_CASE("a full mailbox that takes what is never dropped drops the message after it") {
  const auto policy =
      GENERATE(when_full::drop_newest, when_full::drop_oldest, when_full::keep_latest);
  scene on(policy);
  on.hold();
  on.send({1, 2, 3});
  runtime::detail::send_kept(on.target, std::string("order"));
  on.send({4});
  if (policy == when_full::drop_newest)
    CHECK(on.dropped() == 1);
  else
    CHECK(on.dropped() == 2); // one more than came: the order has taken a place
  const auto received = on.rest();
  if (policy == when_full::drop_newest)
    CHECK(received == lines{"1", "2", "3", "\"order\""});
  else
    CHECK(received == lines{"3", "\"order\"", "4"});
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

TEST_CASE("exit_killed: how a callback ends a process that is killed comes too late") {
  scene on(when_full::exit_killed);
  static_cast<void>(on.me.monitor(on.target));
  tests::tell(on.target, [](process& self) {
    for (int i = 0; i < 10; ++i)
      runtime::send(self.pid(), i);
    runtime::detail::block_of(self).end(runtime::reason::normal);
  });
  CHECK(tests::reason_of_down(on.me, 1ms) == "killed");
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
  lines log; // outlives the clerk
  stepped_node node{7};
  tester me{node};
  const auto target = node.spawn<clerk>(std::ref(log));
  node.run_until_idle();
  static_cast<void>(me.monitor(target));
  tests::suspend(target);
  for (int i = 0; i < 3; ++i)
    runtime::send(target, i);
  tests::resume(target);
  CHECK(tests::reason_of_down(me, 1ms) == "\"mailbox_full\"");
  CHECK(log == lines{"terminate \"mailbox_full\""});
  CHECK(node.log_lines().size() == 1);
}
