// Tasks: results, failures, and many at a time.
#include "websock/runtime/server/task.hpp"

#include "websock/runtime/process/shard.hpp"

#include "tests/catch.hpp"
#include "tests/support/inner.hpp"
#include "tests/support/supervised.hpp"

#include <array>
#include <atomic>
#include <numeric>
#include <stdexcept>
#include <thread>

namespace runtime = websock::runtime;

using namespace supervised;
using runtime::async;
using runtime::async_stream;
using runtime::await;
using runtime::call_failed;

namespace {

/// Why `act` throws call_failed.
template <class F>
std::string failure_of(F act) {
  try {
    act();
  } catch (const call_failed& failed) {
    return to_string(failed.reason());
  }
  return "none";
}

[[noreturn]] int boom() {
  throw std::runtime_error("boom");
}

} // namespace

TEST_CASE("a task answers with what its function returns, and leaves no other message") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U);
  stepped_node node(seed);
  tester me(node);
  const auto number = async(me, [] { return 42; });
  const auto text = async(me, [] { return "text"; });
  bool has_run = false;
  const auto nothing = async(me, [&] { has_run = true; });
  CHECK(await(me, text) == "text");
  CHECK(await(me, number) == 42);
  await(me, nothing);
  CHECK(has_run);
  CHECK(me.flush(1s).empty());
  CHECK_FALSE(number.process.is_alive());
}

TEST_CASE("a task runs on another shard than its owner") {
  stepped_node node(1, {.shards = 3, .pool_threads = 1});
  tester me(node);
  const auto own = tests::process_of(me.pid()).shard().index();
  for (int i = 0; i < 6; ++i) {
    const auto each = async(me, [] {});
    CHECK(tests::process_of(each.process).shard().index() != own);
    await(me, each);
  }
}

TEST_CASE("a task that throws fails its await with the reason, and ends a linked owner") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U);
  stepped_node node(seed);
  tester me(node);
  SECTION("linked: an exit signal as well, which the tester traps") {
    const auto crash = async(me, boom);
    CHECK(failure_of([&] { await(me, crash); }) == "error: boom");
    CHECK(events(me) == lines{"EXIT error: boom"});
  }
  SECTION("unlinked") {
    const auto crash = async(me, boom, {.tie = runtime::task_tie::unlinked});
    CHECK(failure_of([&] { await(me, crash); }) == "error: boom");
    CHECK(events(me).empty());
  }
  SECTION("an owner that does not trap exits") {
    struct owner final : runtime::behaviour {
      void on_start() override { async(self(), boom); }
      void on_message(runtime::term) override {}
    };
    const auto process = node.spawn<owner>();
    static_cast<void>(me.monitor(process));
    CHECK(events(me) == lines{"DOWN error: boom"});
  }
}

TEST_CASE("a process gets one response for its task") {
  struct owner final : runtime::behaviour {
    explicit owner(pid told) : told_(std::move(told)) {}
    void on_start() override {
      id_ = async(self(), [] { return 7; }).id;
    }
    void on_message(runtime::term message) override {
      const auto& answer = message.get<runtime::response>();
      self().send(told_, answer.id == id_, answer.value.get<int>());
    }
    const pid told_;
    runtime::reference id_;
  };
  const auto seed = GENERATE(1U, 2U, 3U, 4U);
  stepped_node node(seed);
  tester me(node);
  node.spawn<owner>(me.pid());
  CHECK(me.flush(1s) == lines{"{true, 7}"});
}

TEST_CASE("an await that takes too long kills the task and leaves nothing of it") {
  stepped_node node(1);
  tester me(node);
  class mute final : public runtime::behaviour {
    void on_message(runtime::term) override {}
  };
  const auto silent = node.spawn<mute>();
  const auto id = me.in_process([&](runtime::process& self) {
    return self.send_request(silent, runtime::infinity, 1);
  });
  static_cast<void>(me.monitor(silent));
  const runtime::task<int> stuck{silent, id};
  CHECK(failure_of([&] { await(me, stuck, 50ms); }) == "timeout");
  CHECK(events(me) == lines{"DOWN killed"});
}

TEST_CASE("the limit of a task is that of its answer") {
  stepped_node node(1);
  tester me(node);
  const auto quick = async(me, [] { return 1; }, {.limit = 1s});
  CHECK(await(me, quick, runtime::infinity) == 1);
  CHECK(me.flush(2s).empty());
}

TEST_CASE("async_stream returns the results in the order of the inputs") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U);
  const auto most = GENERATE(0U, 1U, 3U, 100U);
  stepped_node node(seed, {.shards = 4, .pool_threads = 1});
  tester me(node);
  std::vector<int> inputs(50);
  std::iota(inputs.begin(), inputs.end(), 0);
  const auto squares =
      async_stream(me, inputs, [](int n) { return n * n; }, {.max_concurrency = most});
  REQUIRE(squares.size() == inputs.size());
  for (std::size_t i = 0; i < squares.size(); ++i)
    CHECK(squares[i] == inputs[i] * inputs[i]);
  CHECK(me.flush(1s).empty());
}

TEST_CASE("async_stream runs no more tasks than it may, and as many as it may") {
  stepped_node node(1);
  tester me(node);
  std::size_t before = node.node().process_count();
  std::size_t most = 0;
  const std::vector<int> inputs(20);
  async_stream(me, inputs,
               [&](int) {
                 most = std::max(most, node.node().process_count() - before);
                 return 0;
               },
               {.max_concurrency = 3});
  CHECK(most <= 3);
  CHECK(most >= 1);
}

TEST_CASE("async_stream throws for a task that fails, and kills the others") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U);
  stepped_node node(seed);
  tester me(node);
  const auto before = node.node().process_count();
  const std::array<int, 6> inputs{1, 2, 3, 4, 5, 6};
  CHECK(failure_of(
            [&] { async_stream(me, inputs, [](int n) { return n == 3 ? boom() : n; }); })
        == "error: boom");
  CHECK(me.flush(1s).empty());
  CHECK(node.node().process_count() == before);
}

TEST_CASE("tasks of a real node run at the same time as their owner's shard") {
  runtime::node node({.shards = 4, .pool_threads = 1});
  runtime::thread_process me(node);
  const std::vector<int> inputs{1, 2, 3, 4, 5, 6, 7, 8};
  const auto doubled = async_stream(me, inputs, [](int n) { return 2 * n; });
  CHECK(doubled == std::vector<int>{2, 4, 6, 8, 10, 12, 14, 16});
  CHECK(await(me, async(me, [] { return std::this_thread::get_id(); }))
        != std::this_thread::get_id());
}
