// Functions that run on the pool while a callback awaits them.
#include "websock/runtime/wait/pool_work.hpp"

#include "websock/runtime/server/thread_process.hpp"

#include "tests/catch.hpp"
#include "tests/support/waiting_worker.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;

TEST_CASE("what is offloaded runs elsewhere and comes back, value or exception") {
  lines got;
  runtime::node node({.shards = 2});
  runtime::thread_process me(node);
  const auto self_thread = std::this_thread::get_id();
  const pid target = node.spawn<worker>(
      work([&](auto&, runtime::process& self) -> server_result {
        const auto shard = std::this_thread::get_id();
        const auto elsewhere =
            co_await self.offload([] { return std::this_thread::get_id(); });
        got.push_back(elsewhere != shard && elsewhere != self_thread ? "elsewhere"
                                                                     : "here");
        got.push_back(std::this_thread::get_id() == shard ? "back" : "lost");
        try {
          co_await self.offload([] { throw std::runtime_error("boom"); });
        } catch (const std::runtime_error& failed) {
          got.push_back(failed.what());
        }
        runtime::send(me.pid(), std::string("done"));
        co_return noreply();
      }),
      std::ref(got));
  runtime::send(target, go{});
  REQUIRE(me.receive(10s, [](const std::string&) {}));
  CHECK(got == lines{"elsewhere", "back", "boom"});
  node.stop();
}

TEST_CASE("work that is offloaded may outlive its process, and its node waits for it") {
  std::promise<void> start;
  const auto started = start.get_future().share();
  std::promise<void> gone;
  std::atomic<bool> is_done{false};
  lines got;
  {
    runtime::node node({.shards = 1});
    runtime::thread_process me(node);
    const pid target =
        node.spawn<worker>(work([&](auto&, runtime::process& self) -> server_result {
                             runtime::send(me.pid(), std::string("begins"));
                             const auto task = [&, started] {
                               started.wait();
                               is_done = true;
                             };
                             co_await self.offload(task);
                             got.push_back("went on");
                             co_return noreply();
                           }),
                           std::ref(got));
    const auto monitor = me.monitor(target);
    runtime::send(target, go{});
    REQUIRE(me.receive(10s, [](const std::string&) {}));
    node.exit(target, runtime::reason::kill);
    REQUIRE(me.receive(10s, [&](const runtime::down& d) { CHECK(d.ref == monitor); }));
    start.set_value();
  }
  CHECK(is_done);
  CHECK(got == lines{"worker destroyed"});
}
