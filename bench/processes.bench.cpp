// What process operations cost: send, start and exit, link and monitor, timers. Each time
// is the CPU time of the whole program per operation, summed over all its threads. For
// comparison, CAF's event_based_actor does the same on an actor system of its own with
// CAF's defaults.
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/process_block.hpp"
#include "websock/runtime/server/thread_process.hpp"

#include <benchmark/benchmark.h>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <semaphore>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;

namespace {

constexpr std::int64_t batch = 100'000; // operations between two clock reads
constexpr std::size_t window = 8'192;   // how many messages a producer may be ahead

struct tick {
  std::uint32_t left;
};
struct introduce {
  runtime::pid peer;
};
struct go {};

[[nodiscard]] runtime::node_options shards(std::size_t count) {
  runtime::node_options options;
  options.shards = count;
  options.pool_threads = 1;
  return options;
}

struct caf_options : caf::actor_system_config {
  caf_options() { set("scheduler.max-threads", std::size_t{1}); }
};

// Two processes pass one token back and forth: no queue, no other work.
class player final : public runtime::behaviour {
public:
  explicit player(std::binary_semaphore& done) : done_(done) {}

private:
  void on_start() override {}
  void on_message(runtime::term message) override {
    message.match([&](const introduce& to) { peer_ = to.peer; },
                  [&](const tick& now) {
                    if (now.left == 0)
                      done_.release();
                    else
                      runtime::send(peer_, tick{now.left - 1});
                  });
  }

  std::binary_semaphore& done_;
  runtime::pid peer_;
};

void send_and_handle(benchmark::State& state) {
  runtime::node node(shards(1));
  std::binary_semaphore done(0);
  const auto one = node.spawn<player>(std::ref(done));
  const auto other = node.spawn<player>(std::ref(done));
  runtime::send(one, introduce{other});
  runtime::send(other, introduce{one});
  while (state.KeepRunningBatch(batch)) {
    runtime::send(one, tick{static_cast<std::uint32_t>(batch)});
    done.acquire();
  }
}

caf::behavior caf_player(caf::event_based_actor* self, std::binary_semaphore* done) {
  return {[=](std::uint32_t left, const caf::actor& peer) {
    if (left == 0)
      done->release();
    else
      self->send(peer, left - 1, caf::actor(self));
  }};
}

void caf_send_and_handle(benchmark::State& state) {
  caf_options options;
  caf::actor_system system(options);
  std::binary_semaphore done(0);
  const auto one = system.spawn(caf_player, &done);
  const auto other = system.spawn(caf_player, &done);
  while (state.KeepRunningBatch(batch)) {
    caf::anon_send(one, static_cast<std::uint32_t>(batch), other);
    done.acquire();
  }
  caf::anon_send_exit(one, caf::exit_reason::kill);
  caf::anon_send_exit(other, caf::exit_reason::kill);
}

// A thread sends as fast as it can to a process that counts.
class counter final : public runtime::behaviour {
public:
  counter(std::size_t each, std::counting_semaphore<>& done) : each_(each), done_(done) {}

private:
  void on_start() override {}
  void on_message(runtime::term) override {
    if (++received_ % each_ == 0)
      done_.release();
  }

  const std::size_t each_;
  std::counting_semaphore<>& done_;
  std::size_t received_ = 0;
};

template <class Send>
void send_within_window(benchmark::State& state, std::counting_semaphore<>& done,
                        Send send) {
  constexpr std::size_t part = window / 2;
  std::size_t parts_ahead = 0;
  while (state.KeepRunningBatch(part)) {
    for (std::size_t i = 0; i < part; ++i)
      send(static_cast<std::uint32_t>(i));
    if (++parts_ahead == 2) {
      done.acquire();
      --parts_ahead;
    }
  }
  for (; parts_ahead > 0; --parts_ahead)
    done.acquire();
}

void send_across_threads(benchmark::State& state) {
  runtime::node node(shards(1));
  std::counting_semaphore<> done(0);
  const auto to = node.spawn<counter>(window / 2, std::ref(done));
  send_within_window(state, done, [&](std::uint32_t i) { runtime::send(to, tick{i}); });
}

void caf_send_across_threads(benchmark::State& state) {
  caf_options options;
  caf::actor_system system(options);
  std::counting_semaphore<> done(0);
  const auto to = system.spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {[&, received = std::size_t{0}](std::uint32_t) mutable {
      if (++received % (window / 2) == 0)
        done.release();
    }};
  });
  send_within_window(state, done, [&](std::uint32_t i) { caf::anon_send(to, i); });
  caf::anon_send_exit(to, caf::exit_reason::kill);
}

// Runs `work(process&, operations)` in a process, in batches.
template <class Work>
void in_process(benchmark::State& state, runtime::thread_process& me,
                std::int64_t operations, Work work) {
  while (state.KeepRunningBatch(operations))
    me.in_process([&](runtime::process& self) { work(self, operations); });
}

class idle final : public runtime::behaviour {
  void on_start() override {}
  void on_message(runtime::term) override {}
};

void spawn_and_exit(benchmark::State& state) {
  runtime::node node(shards(1));
  runtime::thread_process me(node);
  in_process(state, me, 1'000, [](runtime::process& self, std::int64_t count) {
    for (; count > 0; --count)
      self.spawn([](runtime::process&) {});
  });
}

class brief final : public runtime::behaviour {
  void on_start() override {
    runtime::detail::block_of(self()).end(runtime::reason::normal);
  }
  void on_message(runtime::term) override {}
};

void spawn_link_and_exit(benchmark::State& state) {
  runtime::node node(shards(1));
  runtime::thread_process me(node);
  me.in_process([](runtime::process& self) { self.trap_exit(false); });
  in_process(state, me, 1'000, [](runtime::process& self, std::int64_t count) {
    for (; count > 0; --count)
      self.spawn_link<brief>();
  });
}

// The exit unwinds the stack, like an error or a process::exit deep in a call.
void spawn_and_unwind(benchmark::State& state) {
  runtime::node node(shards(1));
  runtime::thread_process me(node);
  in_process(state, me, 1'000, [](runtime::process& self, std::int64_t count) {
    for (; count > 0; --count)
      self.spawn(
          [](runtime::process&) { runtime::process::exit(runtime::reason::shutdown); });
  });
}

void caf_spawn_and_exit(benchmark::State& state) {
  caf_options options;
  caf::actor_system system(options);
  while (state.KeepRunningBatch(1'000)) {
    for (int i = 0; i < 1'000; ++i)
      system.spawn([](caf::event_based_actor* self) { self->quit(); });
    system.await_all_actors_done();
  }
}

// One end already has as many links as the argument says.
void link_and_unlink(benchmark::State& state) {
  runtime::node node(shards(1));
  runtime::thread_process me(node);
  const auto other = node.spawn<idle>();
  me.in_process([&](runtime::process& self) {
    for (std::int64_t i = 0; i < state.range(0); ++i)
      self.spawn_link<idle>();
  });
  in_process(state, me, batch, [&](runtime::process& self, std::int64_t count) {
    for (; count > 0; --count) {
      self.link(other);
      self.unlink(other);
    }
  });
}

void monitor_and_demonitor(benchmark::State& state) {
  runtime::node node(shards(1));
  runtime::thread_process me(node);
  const auto other = node.spawn<idle>();
  me.in_process([&](runtime::process& self) {
    for (std::int64_t i = 0; i < state.range(0); ++i)
      static_cast<void>(self.monitor(other));
  });
  in_process(state, me, batch, [&](runtime::process& self, std::int64_t count) {
    for (; count > 0; --count)
      self.demonitor(self.monitor(other));
  });
}

// Both ends on one worker; CAF does not acknowledge an unlink.
void caf_link_and_unlink(benchmark::State& state) {
  caf_options options;
  caf::actor_system system(options);
  caf::scoped_actor self(system);
  std::vector<caf::actor> others;
  for (std::int64_t i = 0; i < state.range(0); ++i)
    self->link_to(others.emplace_back(
        system.spawn([](caf::event_based_actor*) { return caf::behavior{[](int) {}}; })));
  const auto other =
      system.spawn([](caf::event_based_actor*) { return caf::behavior{[](int) {}}; });
  for (auto _ : state) {
    self->link_to(other);
    self->unlink_from(other);
  }
  for (const auto& each : others)
    self->unlink_from(each);
  others.push_back(other);
  for (const auto& each : others)
    caf::anon_send_exit(each, caf::exit_reason::kill);
}

// While as many timers are armed as the argument says.
void set_and_cancel_timer(benchmark::State& state) {
  runtime::node node(shards(1));
  runtime::thread_process me(node);
  me.in_process([&](runtime::process& self) {
    for (std::int64_t i = 0; i < state.range(0); ++i)
      self.send_after(1h + i * 7ms % 1h, self, go{});
  });
  in_process(state, me, batch, [&](runtime::process& self, std::int64_t count) {
    for (; count > 0; --count)
      self.cancel_timer(self.send_after(1h + count * 13ms % 1h, self, go{}));
  });
}

BENCHMARK(send_and_handle)->MeasureProcessCPUTime()->MinTime(0.3);
BENCHMARK(caf_send_and_handle)->MeasureProcessCPUTime()->MinTime(0.3);
BENCHMARK(send_across_threads)->MeasureProcessCPUTime()->MinTime(0.3);
BENCHMARK(caf_send_across_threads)->MeasureProcessCPUTime()->MinTime(0.3);
BENCHMARK(spawn_and_exit)->MeasureProcessCPUTime()->MinTime(0.3);
BENCHMARK(spawn_link_and_exit)->MeasureProcessCPUTime()->MinTime(0.3);
BENCHMARK(spawn_and_unwind)->MeasureProcessCPUTime()->MinTime(0.3);
BENCHMARK(caf_spawn_and_exit)->MeasureProcessCPUTime()->MinTime(0.3);
BENCHMARK(link_and_unlink)
    ->Arg(0)
    ->Arg(1'000)
    ->Arg(100'000)
    ->MeasureProcessCPUTime()
    ->MinTime(0.3);
BENCHMARK(monitor_and_demonitor)
    ->Arg(0)
    ->Arg(100'000)
    ->Arg(190'000)
    ->MeasureProcessCPUTime()
    ->MinTime(0.3);
BENCHMARK(caf_link_and_unlink)->Arg(0)->Arg(1'000)->MeasureProcessCPUTime()->MinTime(0.3);
BENCHMARK(set_and_cancel_timer)
    ->Arg(0)
    ->Arg(100'000)
    ->MeasureProcessCPUTime()
    ->MinTime(0.3);

} // namespace
