// Instruments, sources, what a node tells about itself, and reading while it is busy.
#include "websock/runtime/metrics/metrics.hpp"

#include "websock/runtime/mailbox/mailbox_limit.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/supervisor/supervisor.hpp"
#include "websock/runtime/supervisor/supervisor_calls.hpp"
#include "websock/runtime/testing/tester.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"
#include "tests/support/inner.hpp"
#include "tests/support/puppet.hpp"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using runtime::metric_format;
using runtime::metrics_of;

namespace {

/// What a process of the node reads.
[[nodiscard]] std::string read(stepped_node& node, tester& me) {
  node.spawn([to = me.pid()](process& self) -> runtime::waiting<> {
    runtime::request_metrics(self, metric_format::prometheus);
    const auto text = [](const runtime::metrics_answer& its) { return its.text; };
    const auto answer = co_await self.receive(runtime::infinity, text);
    runtime::send(to, *answer);
  });
  return me.receive(1s, [](const std::string& text) { return text; }).value_or("");
}

[[nodiscard]] bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

[[nodiscard]] runtime::node_options quiet(std::size_t shards) {
  return {.shards = shards, .pool_threads = 1, .slow_turn = 0ms};
}

} // namespace

TEST_CASE("a counter, a gauge and a histogram of a program are in the text") {
  runtime::node node(quiet(2));
  auto& its = metrics_of(node);
  its.counter("shop_orders_total", "Orders", {{"kind", "book"}})->add(3);
  its.gauge("shop_open", "Shops")->set(2);
  its.gauge("shop_open", "Shops")->add(-0.5);
  const auto waits = its.histogram("shop_wait_seconds", "Waits", {1, 2});
  for (const double each : {0.5, 1.0, 1.5, 3.0})
    waits->observe(each);
  const auto text = runtime::metrics_text(node);
  CHECK(has_line(text, "shop_orders_total{kind=\"book\"} 3"));
  CHECK(has_line(text, "shop_open 1.5"));
  CHECK(has_line(text, "shop_wait_seconds_bucket{le=\"1.0\"} 2"));
  CHECK(has_line(text, "shop_wait_seconds_bucket{le=\"2.0\"} 3"));
  CHECK(has_line(text, "shop_wait_seconds_bucket{le=\"+Inf\"} 4"));
  CHECK(has_line(text, "shop_wait_seconds_sum 6"));
  CHECK(runtime::metrics_text(node, metric_format::openmetrics).ends_with("\n# EOF\n"));
}

TEST_CASE("an instrument is found again, and refused with another type, name or bounds") {
  runtime::node node(quiet(1));
  auto& its = metrics_of(node);
  const auto first = its.counter("a_total", "");
  CHECK(its.counter("a_total", "") == first);
  CHECK(its.counter("a_total", "", {{"b", "c"}}) != first);
  CHECK_THROWS_AS(its.counter("a", ""), std::invalid_argument);
  CHECK_THROWS_AS(its.gauge("a_total", ""), std::invalid_argument);
  CHECK_THROWS_AS(its.counter("b_total", "", {{"le", "1"}}), std::invalid_argument);
  static_cast<void>(its.histogram("h", "", {1, 2}));
  CHECK_THROWS_AS(its.gauge("h", ""), std::invalid_argument);
  CHECK_THROWS_AS(its.histogram("h", "", {1, 3}), std::invalid_argument);
  CHECK_THROWS_AS(its.histogram("i", "", {2, 1}), std::invalid_argument);
  CHECK_THROWS_AS(its.histogram("i", "", {1, 1}), std::invalid_argument);
}

TEST_CASE("a source is asked at each reading until it is removed, and its failure is "
          "logged") {
  channel<std::string> log;
  auto options = quiet(1);
  options.log = [&log](runtime::log_level, std::string_view line) {
    log.put(std::string(line));
  };
  runtime::node node(options);
  auto& its = metrics_of(node);
  its.add_source("a", [](runtime::metric_set& into) { into.gauge("from_a", "", 5); });
  its.add_source("b", [](runtime::metric_set&) { throw std::runtime_error("broken"); });
  CHECK_THROWS_AS(its.add_source("a", [](runtime::metric_set&) {}),
                  std::invalid_argument);
  CHECK(has_line(runtime::metrics_text(node), "from_a 5"));
  CHECK(log.take() == "a source of metrics: broken");
  CHECK(its.remove_source("a"));
  CHECK_FALSE(its.remove_source("a"));
  CHECK_FALSE(has_line(runtime::metrics_text(node), "from_a 5"));
}

TEST_CASE("what the shards count is summed up") {
  runtime::node node(quiet(2));
  const auto count = metrics_of(node).counter("seen_total", "");
  metrics_of(node).add_shard_source("each",
                                    [](runtime::shard&, runtime::metric_set& into) {
                                      into.counter("given_total", "", 21);
                                    });
  channel<int> done;
  for (std::size_t i = 0; i < 2; ++i)
    node.shard_at(i).post([&, i](runtime::shard&) {
      count->add(i + 1);
      done.put(1);
    });
  for (std::size_t i = 0; i < 2; ++i)
    done.take();
  count->add(10);
  CHECK(count->value() == 13);
  const auto text = runtime::metrics_text(node);
  CHECK(has_line(text, "seen_total 13"));
  CHECK(has_line(text, "given_total 42"));
  for (const std::string shard : {"0", "1"})
    CHECK(text.find("websock_shard_lag_seconds{shard=\"" + shard + "\"} ")
          != std::string::npos);
}

TEST_CASE(
    "starts and exits of processes are counted from the first look at metrics on, by "
    "reason") {
  stepped_node node(1);
  tester me(node);
  node.spawn([](process&) {});
  me.sleep(1ms);
  static_cast<void>(metrics_of(node));
  node.spawn([](process&) {});
  node.spawn([](process&) {});
  node.spawn([](process&) { throw std::runtime_error("broken"); });
  node.spawn([](process&) { process::exit(runtime::reason::shutdown); });
  const auto victim = node.spawn<puppet>();
  me.sleep(1ms);
  node.node().exit(victim, runtime::reason::kill);
  me.sleep(1ms);
  const auto text = read(node, me); // by a process that is counted too
  CHECK(has_line(text, "websock_processes_started_total 6"));
  CHECK(has_line(text, "websock_processes_exited_total{reason=\"normal\"} 2"));
  CHECK(has_line(text, "websock_processes_exited_total{reason=\"error\"} 1"));
  CHECK(has_line(text, "websock_processes_exited_total{reason=\"shutdown\"} 1"));
  CHECK(has_line(text, "websock_processes_exited_total{reason=\"killed\"} 1"));
}

TEST_CASE("messages that full mailboxes drop are counted by policy") {
  stepped_node node(1);
  tester me(node);
  static_cast<void>(metrics_of(node));
  const auto crowded = node.spawn<puppet>([](process& self) {
    self.limit_mailbox({.max_messages = 1, .policy = runtime::when_full::drop_newest});
  });
  me.sleep(1ms);
  for (int i = 0; i < 4; ++i)
    runtime::send(crowded, i);
  me.sleep(1ms);
  const auto text = read(node, me);
  CHECK(has_line(text, "websock_mailbox_shed_total{policy=\"drop_newest\"} 3"));
  CHECK(has_line(text, "websock_mailbox_shed_total{policy=\"drop_oldest\"} 0"));
  CHECK(has_line(text, "websock_messages_dropped_total 3"));
}

TEST_CASE("metrics are read while the shards are busy and counters move") {
  runtime::node node(quiet(2));
  auto& its = metrics_of(node);
  const auto count = its.counter("moves_total", "");
  const auto waits = its.histogram("wait_seconds", "", {1, 2, 4});
  std::atomic<bool> is_over{false};
  channel<int> done;
  for (std::size_t i = 0; i < 2; ++i)
    node.spawn([&](process& self) -> runtime::waiting<> {
      while (!is_over) {
        count->add();
        waits->observe(3);
        co_await self.sleep(0s);
      }
      done.put(1);
    });
  std::thread other([&] {
    while (!is_over)
      count->add();
  });
  for (int i = 0; i < 50; ++i)
    static_cast<void>(runtime::metrics_text(node));
  is_over = true;
  other.join();
  for (std::size_t i = 0; i < 2; ++i)
    done.take();
  CHECK(has_line(runtime::metrics_text(node),
                 "moves_total " + std::to_string(count->value())));
}

TEST_CASE("a node that has stopped still gives what needs no shard, without waiting") {
  runtime::node node(quiet(2));
  metrics_of(node).counter("a_total", "")->add();
  node.stop();
  const auto text = runtime::metrics_text(node);
  CHECK(has_line(text, "a_total 1"));
  CHECK(has_line(text, "websock_shards 2"));
}

TEST_CASE("a shard may not wait for metrics") {
  runtime::node node(quiet(1));
  channel<std::string> told;
  node.spawn([&](process& self) {
    try {
      told.put(runtime::metrics_text(self.node()));
    } catch (const std::logic_error&) {
      told.put("refused");
    }
  });
  CHECK(told.take() == "refused");
}
