// A node's processes, one of which acts while allocations fail.
#pragma once

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/send_timers.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace runtime = websock::runtime;

namespace tests::memory {

using runtime::pid;
using runtime::testing::stepped_node;

using work = std::function<void(runtime::process&)>;

/// Runs tasks, and counts all other messages.
class worker final : public runtime::behaviour {
public:
  explicit worker(int& heard) : heard_(heard) {}

private:
  void on_message(runtime::term message) override {
    if (const auto* todo = message.get_if<work>())
      (*todo)(self());
    else
      ++heard_;
  }
  int& heard_;
};

class child final : public runtime::behaviour {
  void on_start() override { name_ = std::string(100, 'x'); }
  void on_message(runtime::term) override {}
  std::string name_;
};

/// A process that acts while memory is short, one tied to it, and a bystander.
struct scene {
  scene() {
    for (int i = 0; i < 3; ++i)
      all[i] = node.spawn<worker>(std::ref(heard[i]));
    node.run_until_idle();
  }
  /// Whether any allocation has failed.
  bool run(const work& todo, std::size_t first, std::size_t count) {
    runtime::send(all[0], todo);
    bool has_failed = false;
    {
      const tests::failing_allocations now(first, count);
      node.run_until_idle();
      has_failed = now.has_failed();
    }
    return has_failed;
  }
  void check_bystander() {
    const int before = heard[2];
    runtime::send(all[2], 1);
    node.run_until_idle();
    REQUIRE(all[2].is_alive());
    REQUIRE(heard[2] == before + 1);
  }
  /// Left over from processes that never started, or from timers missing from their heap.
  void check_nothing_is_left() {
    node.advance(std::chrono::seconds(1));
    std::size_t there = 0;
    for (std::size_t i = 0; i < node.node().shard_count(); ++i) {
      there += node.node().shard_at(i).process_count();
      REQUIRE(node.node().shard_at(i).message_timers().size() == 0);
    }
    REQUIRE(node.node().process_count() == there);
  }

  int heard[3]{};
  stepped_node node{1, {.shards = 2, .pool_threads = 1}};
  pid all[3];
};

} // namespace tests::memory
