// A node with an engine, and the test as a process that subscribes to "news" there.
#pragma once

#include "websock/runtime/node.hpp"
#include "websock/runtime/process.hpp"
#include "websock/runtime/pubsub.hpp"
#include "websock/runtime/redis.hpp"
#include "websock/runtime/thread_process.hpp"

#include "tests/catch.hpp"
#include "tests/redis/redis_server.hpp"
#include "tests/support/channel.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace runtime = websock::runtime;
namespace pubsub = runtime::pubsub;
namespace redis = runtime::redis;

namespace tests {

using namespace std::chrono_literals;

/// Waits for what other threads bring about; throws std::runtime_error when that takes
/// too long.
template <class F>
void await(F is_so) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > end)
      throw std::runtime_error("what the test waits for does not come");
    std::this_thread::yield();
  }
}

/// Signs of life every 50 ms, so that tests need not wait for them.
[[nodiscard]] inline redis::engine_options lively(redis::engine_options options) {
  options.ping_interval = 50ms;
  options.least_pause = 1ms;
  options.longest_pause = 20ms;
  return options;
}

struct joined_node {
  explicit joined_node(const redis::engine_options& options)
      : node({.shards = 2,
              .pool_threads = 1,
              .stop_timeout = 0ms,
              .log =
                  [this](auto, auto line) {
                    const std::lock_guard lock(log_mutex);
                    log.emplace_back(line);
                  }}),
        engine(node, options), me(node) {
    me.in_process([](runtime::process& self) { pubsub::subscribe(self, "news"); });
    engine.monitor_gaps(me.pid());
  }
  joined_node(const redis_server& server, const std::string& name)
      : joined_node(lively(server.options(name))) {}

  template <class... Ts>
  void say(Ts&&... values) {
    pubsub::broadcast(node, "news", std::forward<Ts>(values)...);
  }
  [[nodiscard]] std::string text() {
    std::string heard;
    REQUIRE(me.receive(patience, [&](const std::string& what) { heard = what; }));
    return heard;
  }
  /// Whether anything else has come.
  [[nodiscard]] bool has_more() {
    return me.receive(0ms, [](const runtime::term&) {});
  }
  [[nodiscard]] bool logged(const std::string& part) {
    const std::lock_guard lock(log_mutex);
    for (const auto& each : log)
      if (each.find(part) != std::string::npos)
        return true;
    return false;
  }

  std::mutex log_mutex;
  std::vector<std::string> log;
  runtime::node node;
  redis::engine engine;
  runtime::thread_process me;
};

/// Until each of two nodes has heard of the other.
inline void meet(joined_node& one, joined_node& other) {
  await([&] {
    return one.engine.nodes() == std::vector{other.engine.name()}
           && other.engine.nodes() == std::vector{one.engine.name()};
  });
}

/// Numbers that one node publishes and another receives, with all gaps that it hears of.
class account {
public:
  account(joined_node& from, joined_node& to) : from_(from), to_(to) {}

  void publish(std::uint64_t count, const std::string& body = {}) {
    for (std::uint64_t i = 0; i < count; ++i)
      from_.say(static_cast<std::int64_t>(++sent_), body);
  }
  /// Takes what has come until all is accounted for: received in order, or in a gap.
  void settle() {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (received_ + reported_ < sent_ && std::chrono::steady_clock::now() < end)
      to_.me.receive(
          100ms, [this](std::int64_t number, const std::string&) { note(number); },
          [this](const pubsub::gap& missing) {
            CHECK(missing.node == from_.engine.name());
            CHECK(missing.from
                  == last_ + 1); // numbers of the engine are those of the test
            REQUIRE(missing.to != pubsub::gap::unknown);
            last_ = missing.to;
            reported_ += missing.to - missing.from + 1;
          });
    CHECK(received_ + reported_ == sent_);
    const auto now = from_.engine.figures();
    CHECK(now.published + now.dropped == sent_);
    CHECK(to_.engine.figures().lost == reported_);
    CHECK(to_.engine.figures().received == received_);
  }
  [[nodiscard]] std::uint64_t received() const noexcept { return received_; }
  [[nodiscard]] std::uint64_t reported() const noexcept { return reported_; }

private:
  void note(std::int64_t number) {
    CHECK(static_cast<std::uint64_t>(number) == last_ + 1);
    last_ = static_cast<std::uint64_t>(number);
    ++received_;
  }

  joined_node& from_;
  joined_node& to_;
  std::uint64_t sent_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t reported_ = 0;
};

} // namespace tests
