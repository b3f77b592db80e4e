// Processes without threads: order, spawning, exceptions, links, monitors, timers and
// names.
#include "websock/runtime/process/process.hpp"

#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/server/gen_server.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::pid;
using runtime::process;
using runtime::term;
using runtime::testing::stepped_node;

namespace {

/// Records what it receives, as text; runs functions that the test sends it.
struct script {
  std::function<void(process&)> run;
};

using record = std::shared_ptr<std::vector<std::string>>;

class recorder final : public runtime::behaviour {
public:
  explicit recorder(record seen, std::function<void(process&)> first = {})
      : seen_(std::move(seen)), first_(std::move(first)) {}

private:
  void on_start() override {
    if (first_)
      first_(self());
  }
  void on_message(term message) override {
    if (const auto* todo = message.get_if<script>())
      todo->run(self());
    else
      seen_->push_back(to_string(message));
  }
  void on_exit(const runtime::exit_reason& why) noexcept override {
    seen_->push_back("exit " + to_string(why));
  }

  record seen_;
  std::function<void(process&)> first_;
};

record make_record() {
  return std::make_shared<std::vector<std::string>>();
}

using seen = std::vector<std::string>;

} // namespace

TEST_CASE(
    "messages from one sender arrive in the order sent, on one shard and across shards") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U);
  stepped_node node(seed);
  const auto log = make_record();
  const pid receiver = node.spawn<recorder>(log);
  for (int i = 0; i < 2; ++i)
    node.spawn([receiver, i](process& self) {
      for (int n = 0; n < 50; ++n)
        self.send(receiver, i, n);
    });
  node.run_until_idle();
  REQUIRE(log->size() == 100);
  for (int i = 0; i < 2; ++i) {
    std::vector<std::string> of_one;
    for (const auto& line : *log)
      if (line.starts_with("{" + std::to_string(i)))
        of_one.push_back(line);
    for (int n = 0; n < 50; ++n)
      CHECK(of_one[static_cast<std::size_t>(n)]
            == "{" + std::to_string(i) + ", " + std::to_string(n) + "}");
  }
}

TEST_CASE("an exception ends its own process with its text and is logged once") {
  stepped_node node(1);
  const auto log = make_record();
  const auto other = make_record();
  const pid bystander = node.spawn<recorder>(other);
  const pid victim = node.spawn<recorder>(log);
  runtime::send(victim, script{[](process&) { throw std::runtime_error("boom"); }});
  runtime::send(victim, 1);
  runtime::send(bystander, 2);
  node.run_until_idle();
  CHECK(*log == seen{"exit error: boom"});
  CHECK(*other == seen{"2"});
  CHECK_FALSE(victim.is_alive());
  CHECK(bystander.is_alive());
  REQUIRE(node.log_lines().size() == 1);
  CHECK(node.log_lines()[0].find(to_string(victim)) != std::string::npos);
  CHECK(node.log_lines()[0].find("recorder") != std::string::npos);
  CHECK(node.log_lines()[0].find("error: boom") != std::string::npos);
}

TEST_CASE("a monitor hears of the exit once, with its reference and the reason") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  const auto log = make_record();
  const pid target = node.spawn<recorder>(make_record());
  runtime::reference ref;
  node.spawn<recorder>(log, [&](process& self) { ref = self.monitor(target); });
  node.run_until_idle();
  CHECK(log->empty());
  node.node().exit(target, runtime::reason::of(std::string("why")));
  node.run_until_idle();
  CHECK(*log == seen{"down{" + to_string(ref) + ", " + to_string(target) + ", \"why\"}"});
}

TEST_CASE("monitoring or linking a dead process answers noproc") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  const pid dead = node.spawn([](process&) {});
  node.run_until_idle();
  const auto log = make_record();
  runtime::reference ref;
  node.spawn<recorder>(log, [&](process& self) {
    self.trap_exit(true);
    ref = self.monitor(dead);
    self.link(dead);
  });
  node.run_until_idle();
  CHECK(*log
        == seen{"down{" + to_string(ref) + ", " + to_string(dead) + ", noproc}",
                "exit_signal{" + to_string(dead) + ", noproc}"});
}

TEST_CASE("an untrapped exit signal takes effect ahead of queued messages") {
  stepped_node node(1);
  const auto log = make_record();
  const pid victim = node.spawn<recorder>(log);
  node.run_until_idle();
  runtime::send(victim, 1);
  runtime::send(victim, 2);
  node.node().exit(victim, runtime::reason::shutdown);
  node.run_until_idle();
  CHECK(*log == seen{"exit shutdown"});
}

TEST_CASE("links: the peer dies with the same reason, a trapping one gets a message") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  const auto trapping = make_record();
  const auto dying = make_record();
  const pid first = node.spawn<recorder>(make_record());
  node.spawn<recorder>(trapping, [&](process& self) {
    self.trap_exit(true);
    self.link(first);
  });
  node.spawn<recorder>(dying, [&](process& self) { self.link(first); });
  node.run_until_idle();
  runtime::send(first, script{[](process& self) { self.exit(runtime::reason::of(7)); }});
  node.run_until_idle();
  CHECK(*trapping == seen{"exit_signal{" + to_string(first) + ", 7}"});
  CHECK(*dying == seen{"exit 7"});
}

TEST_CASE("after unlink an exit has no effect") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  const auto log = make_record();
  const pid first = node.spawn<recorder>(make_record());
  node.spawn<recorder>(log, [&](process& self) {
    self.link(first);
    self.unlink(first);
  });
  node.run_until_idle();
  node.node().exit(first, runtime::reason::of(1));
  node.run_until_idle();
  CHECK(log->empty());
}

TEST_CASE("kill cannot be trapped and its links see killed") {
  stepped_node node(1);
  const auto victim_log = make_record();
  const auto peer_log = make_record();
  const pid victim =
      node.spawn<recorder>(victim_log, [](process& self) { self.trap_exit(true); });
  node.spawn<recorder>(peer_log, [&](process& self) {
    self.trap_exit(true);
    self.link(victim);
  });
  node.run_until_idle();
  node.node().exit(victim, runtime::reason::kill);
  node.run_until_idle();
  CHECK(*victim_log == seen{"exit killed"});
  CHECK(*peer_log == seen{"exit_signal{" + to_string(victim) + ", killed}"});
}

TEST_CASE("demonitor with flush takes a down that has arrived out of the mailbox") {
  stepped_node node(1, {.shards = 1, .pool_threads = 1});
  const auto log = make_record();
  const pid target = node.spawn<recorder>(make_record());
  runtime::reference ref;
  const pid watcher =
      node.spawn<recorder>(log, [&](process& self) { ref = self.monitor(target); });
  node.run_until_idle();
  runtime::send(watcher, script{[&](process& self) {
                  self.exit(target, runtime::reason::shutdown);
                  self.send(watcher, "after");
                }});
  SECTION("flushed") {
    runtime::send(watcher, script{[&](process& self) { self.demonitor_flush(ref); }});
    node.run_until_idle();
    CHECK(*log == seen{"\"after\""});
  }
  SECTION("not flushed") {
    node.run_until_idle();
    REQUIRE(log->size() == 2);
    CHECK((*log)[1].starts_with("down{"));
  }
}

TEST_CASE("send_after is never early, cancel_timer says what was left") {
  stepped_node node(1);
  const auto log = make_record();
  runtime::reference kept;
  runtime::reference cancelled;
  const pid owner = node.spawn<recorder>(log, [&](process& self) {
    kept = self.send_after(100ms, self, "kept");
    cancelled = self.send_after(100ms, self, "cancelled");
  });
  node.advance(40ms);
  runtime::send(owner, script{[&](process& self) {
                  CHECK(self.cancel_timer(cancelled)
                        == std::optional<runtime::duration>(60ms));
                  CHECK_FALSE(self.cancel_timer(cancelled).has_value());
                }});
  node.advance(59ms);
  CHECK(log->empty());
  node.advance(1ms);
  CHECK(*log == seen{"\"kept\""});
}

TEST_CASE("a timer's name is looked up when it fires") {
  stepped_node node(1);
  const auto log = make_record();
  node.spawn<recorder>(make_record(),
                       [](process& self) { self.send_after(10ms, "late", "hello"); });
  node.run_until_idle();
  node.spawn<recorder>(log, [](process& self) { self.register_name("late"); });
  node.advance(10ms);
  CHECK(*log == seen{"\"hello\""});
}

TEST_CASE("a name is unique, one per process, and free again before the down arrives") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  const pid first = node.spawn<recorder>(make_record());
  const pid second = node.spawn<recorder>(make_record());
  node.run_until_idle();
  node.node().register_name("a", first);
  CHECK(node.node().whereis("a") == first);
  CHECK_THROWS_AS(node.node().register_name("a", second), std::invalid_argument);
  CHECK_THROWS_AS(node.node().register_name("b", first), std::invalid_argument);
  bool was_free = false;
  class watcher final : public runtime::behaviour {
  public:
    explicit watcher(bool& was_free) : was_free_(was_free) {}
    void on_start() override { static_cast<void>(self().monitor("a")); }
    void on_message(term message) override {
      if (message.is<runtime::down>())
        was_free_ = !self().whereis("a") && message.get<runtime::down>().name == "a";
    }

  private:
    bool& was_free_;
  };
  node.spawn<watcher>(std::ref(was_free));
  node.run_until_idle();
  node.node().exit(first, runtime::reason::shutdown);
  node.run_until_idle();
  CHECK(was_free);
  CHECK_THROWS_AS(node.node().register_name("c", first), std::invalid_argument);
}

TEST_CASE("a broadcast reaches every subscriber on every shard, and not who unsubscribed "
          "or died") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  std::vector<record> logs;
  std::vector<pid> pids;
  for (int i = 0; i < 6; ++i) {
    logs.push_back(make_record());
    pids.push_back(node.spawn<recorder>(
        logs.back(), [](process& self) { runtime::pubsub::subscribe(self, "news"); }));
  }
  node.run_until_idle();
  node.node().exit(pids[0], runtime::reason::shutdown);
  runtime::send(
      pids[1], script{[](process& self) { runtime::pubsub::unsubscribe(self, "news"); }});
  node.run_until_idle();
  runtime::send(pids[2], script{[&](process& self) {
                  runtime::pubsub::broadcast_from(self, "news", 1);
                  for (const auto& each : pids)
                    self.send(each, 2); // must not overtake
                }});
  node.run_until_idle();
  CHECK(*logs[0] == seen{"exit shutdown"});
  CHECK(*logs[1] == seen{"2"});
  CHECK(*logs[2] == seen{"2"});
  for (std::size_t i = 3; i < 6; ++i)
    CHECK(*logs[i] == seen{"1", "2"});
}

TEST_CASE("spawn_link ties the two before the child runs") {
  const auto seed = GENERATE(1U, 2U, 3U);
  stepped_node node(seed);
  const auto log = make_record();
  pid child;
  node.spawn<recorder>(log, [&](process& self) {
    self.trap_exit(true);
    child = self.spawn_link<recorder>(
        make_record(), [](process&) { throw std::runtime_error("at once"); });
  });
  node.run_until_idle();
  CHECK(*log == seen{"exit_signal{" + to_string(child) + ", error: at once}"});
}

TEST_CASE("what is sent to a process before its start has arrived waits for the start") {
  stepped_node node(1, {.shards = 1, .pool_threads = 1});
  const auto log = make_record();
  const auto peer_log = make_record();
  pid late;
  node.spawn<recorder>(peer_log, [&](process& self) {
    self.trap_exit(true);
    // From another thread, so the start goes through the inbox; what follows does not.
    std::thread([&] { late = node.node().spawn_on<recorder>(0, log); }).join();
    self.link(late);
    self.send(late, 1);
    self.exit(late, runtime::reason::of(std::string("why")));
    self.send(late, 2);
  });
  node.run_until_idle();
  CHECK(*log == seen{}); // ended before it began
  CHECK(*peer_log == seen{"exit_signal{" + to_string(late) + ", \"why\"}"});
  CHECK(node.node().process_count() == 1);
  node.spawn<recorder>(peer_log, [&](process& self) {
    std::thread([&] { late = node.node().spawn_on<recorder>(0, log); }).join();
    self.send(late, 3);
  });
  node.run_until_idle();
  CHECK(*log == seen{"3"});
}

TEST_CASE("an exit that was on its way through a link when it was undone has no effect") {
  stepped_node node(1);
  const auto log = make_record();
  const pid other = node.node().spawn_on<recorder>(1, make_record());
  const pid one =
      node.node().spawn_on<recorder>(0, log, [&](process& self) { self.link(other); });
  node.run_until_idle();
  runtime::send(one, script{[&](process& self) {
                  std::thread([&] { // the other shard runs while this callback does
                    node.node().exit(other, runtime::reason::of(1));
                    while (node.node().shard_at(1).step())
                      continue;
                  })
                      .join();
                  self.unlink(other);
                }});
  node.run_until_idle();
  CHECK_FALSE(other.is_alive());
  CHECK(one.is_alive());
  CHECK(log->empty());
}
