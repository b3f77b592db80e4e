// What an idle process costs, alone and tied to a hub, and how long it takes to end such
// a hub: on the hub's own shard, and as the longest pause that a process on the other
// shard sees.
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/server/thread_process.hpp"

#include <CLI/CLI.hpp>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <iomanip>
#include <iostream>
#include <string>
#include <string_view>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;

namespace {

using clock_type = std::chrono::steady_clock;

enum class tie { none, link, monitor };

/// Ties itself to the hub and then stays idle.
class idle final : public runtime::behaviour {
public:
  idle(tie how, runtime::pid hub) : how_(how), hub_(std::move(hub)) {}

private:
  void on_start() override {
    if (how_ == tie::link)
      self().link(hub_);
    else if (how_ == tie::monitor)
      static_cast<void>(self().monitor(hub_));
  }
  void on_message(runtime::term) override {}

  const tie how_;
  const runtime::pid hub_;
};

/// Sends to itself continuously and records the longest gap between two of its turns.
class watch final : public runtime::behaviour {
public:
  explicit watch(std::atomic<std::int64_t>& longest) : longest_(longest) {}

private:
  struct again {};
  void on_start() override { go_on(); }
  void on_message(runtime::term) override {
    const auto now = clock_type::now();
    longest_ = std::max<std::int64_t>(longest_, (now - last_).count());
    go_on();
  }
  void go_on() {
    last_ = clock_type::now();
    runtime::send(self().pid(), again{});
  }

  std::atomic<std::int64_t>& longest_; // nanoseconds; reset from outside
  clock_type::time_point last_;
};

[[nodiscard]] std::size_t allocated() {
  return ::mallinfo2().uordblks + ::mallinfo2().hblkhd;
}

[[nodiscard]] double milliseconds_since(clock_type::time_point start) {
  return std::chrono::duration<double, std::milli>(clock_type::now() - start).count();
}

/// Waits until every process on both shards has started.
void settle(runtime::node& node) {
  runtime::thread_process me(node);
  for (int round = 0; round < 3; ++round)
    for (std::size_t i = 0; i < node.shard_count(); ++i) {
      const auto probe = node.spawn([](runtime::process&) {});
      static_cast<void>(me.monitor(probe));
      me.receive(60s, [](const runtime::down&) {});
    }
}

void measure(std::string_view name, std::size_t count, tie how) {
  runtime::node_options options;
  options.shards = 2;
  options.pool_threads = 1;
  runtime::node node(options);
  const auto hub = node.spawn<idle>(tie::none, runtime::pid()); // on the first shard
  settle(node);
  const auto before = allocated();
  const auto start = clock_type::now();
  for (std::size_t i = 0; i < count; ++i)
    node.spawn<idle>(how, hub);
  settle(node);
  const auto took = milliseconds_since(start);
  const auto bytes =
      static_cast<double>(allocated() - before) / static_cast<double>(count);
  std::cout << "| " << name << " | " << count << " | " << std::fixed
            << std::setprecision(0) << bytes << " B | " << took << " ms |";
  if (how != tie::none) {
    runtime::thread_process me(node);
    std::atomic<std::int64_t> pauses[2] = {0, 0};
    for (auto& pause : pauses)
      node.spawn<watch>(std::ref(pause));
    settle(node);
    for (auto& pause : pauses)
      pause = 0;
    const auto end = clock_type::now();
    const auto ref = me.monitor(hub);
    node.exit(hub, runtime::reason::of(std::string("the end")));
    me.receive(60s,
               [&](const runtime::down& gone) { static_cast<void>(gone.ref == ref); });
    settle(node);
    const auto total = milliseconds_since(end);
    std::cout << ' ' << total << " ms | " << std::setprecision(1)
              << static_cast<double>(pauses[0].load()) / 1e6 << " and "
              << static_cast<double>(pauses[1].load()) / 1e6 << " ms |";
    node.stop();
  } else {
    const auto end = clock_type::now();
    node.stop();
    std::cout << ' ' << milliseconds_since(end) << " ms | |";
  }
  std::cout << std::endl;
}

} // namespace

int main(int argc, char** argv) {
  std::size_t count = 1'000'000;
  std::size_t tied = 100'000;
  CLI::App app(
      "Many idle processes: memory, and what the end of one with many ties costs.");
  app.add_option("--processes", count, "of them without ties");
  app.add_option("--tied", tied, "of them linked to one, and then monitoring one");
  CLI11_PARSE(app, argc, argv);
  std::cout << "| processes | number | bytes for each | to start all | to end | longest "
               "pause on "
               "each shard |\n|---|---:|---:|---:|---:|---:|\n";
  measure("idle", count, tie::none);
  measure("each linked to one", tied, tie::link);
  measure("each monitors one", tied, tie::monitor);
}
