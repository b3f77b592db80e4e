// Runs work on a threaded node and waits for it, up to a deadline.
#pragma once

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/shard.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"

#include <chrono>
#include <functional>
#include <future>

namespace runtime = websock::runtime;

namespace tests {

/// Runs `work` on the first shard's thread and returns its result.
template <class F>
[[nodiscard]] auto heard_on(runtime::node& node, F work) {
  std::promise<decltype(work())> heard;
  auto answer = heard.get_future();
  node.shard_at(0).post([&heard, &work](runtime::shard&) { heard.set_value(work()); });
  REQUIRE(answer.wait_for(patience) == std::future_status::ready);
  return answer.get();
}

/// Whether a new process on `node` receives its own timer.
[[nodiscard]] inline bool hears_of_timer(runtime::node& node) {
  struct later final : runtime::behaviour {
    explicit later(std::promise<void>& heard) : heard_(heard) {}
    void on_start() override {
      self().send_after(std::chrono::milliseconds(3), self().pid(), 1);
    }
    void on_message(runtime::term) override { heard_.set_value(); }
    std::promise<void>& heard_;
  };
  std::promise<void> heard;
  node.spawn<later>(std::ref(heard));
  return heard.get_future().wait_for(patience) == std::future_status::ready;
}

} // namespace tests
