// What it costs to find processes and to reach many of them: the registry, pubsub, and
// matching the term that arrives. Each time is the CPU time of the whole program per
// operation.
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/registry/pubsub.hpp"
#include "websock/runtime/registry/registry.hpp"
#include "websock/runtime/server/thread_process.hpp"
#include "websock/runtime/term/term.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <semaphore>
#include <string>
#include <utility>

namespace runtime = websock::runtime;

namespace {

constexpr std::int64_t batch = 10'000; // operations between two clock reads

[[nodiscard]] runtime::node_options one_shard() {
  runtime::node_options options;
  options.shards = 1;
  options.pool_threads = 1;
  return options;
}

/// Runs `work(process&, operations)` in a process, in batches.
template <class Work>
void in_process(benchmark::State& state, runtime::thread_process& me, Work work) {
  while (state.KeepRunningBatch(batch))
    me.in_process([&](runtime::process& self) { work(self, batch); });
}

[[nodiscard]] std::string key_of(std::int64_t number) {
  return "room:" + std::to_string(number);
}

/// A registry in which one process holds as many keys as the argument says.
struct filled_registry {
  filled_registry(runtime::thread_process& me, std::int64_t keys) {
    me.in_process([&](runtime::process& self) {
      for (std::int64_t i = 0; i < keys; ++i)
        static_cast<void>(names.register_key(self, key_of(i)));
    });
  }
  runtime::registry names{runtime::registry::keys_are::unique};
};

void register_and_unregister(benchmark::State& state) {
  runtime::node node(one_shard());
  runtime::thread_process me(node);
  filled_registry filled(me, state.range(0));
  in_process(state, me, [&](runtime::process& self, std::int64_t count) {
    for (; count > 0; --count) {
      static_cast<void>(filled.names.register_key(self, "another key"));
      filled.names.unregister_key(self, "another key");
    }
  });
}

void find_in_registry(benchmark::State& state) {
  runtime::node node(one_shard());
  runtime::thread_process me(node);
  filled_registry filled(me, state.range(0));
  const auto key = key_of(state.range(0) / 2);
  for (auto _ : state)
    benchmark::DoNotOptimize(filled.names.whereis_name(key));
}

struct said {
  std::uint64_t number;
};

/// Signals `done` for every `wanted` messages it receives.
class member final : public runtime::behaviour {
public:
  member(std::int64_t wanted, std::counting_semaphore<>& done)
      : wanted_(wanted), done_(done) {}

private:
  void on_start() override { runtime::pubsub::subscribe(self(), "topic"); }
  void on_message(runtime::term message) override {
    message.match([&](const said&) {
      if (++received_ % wanted_ == 0)
        done_.release();
    });
  }

  const std::int64_t wanted_;
  std::counting_semaphore<>& done_;
  std::int64_t received_ = 0;
};

/// The cost per delivery, with as many members as the argument says.
void broadcast(benchmark::State& state) {
  const auto members = state.range(0);
  const auto broadcasts = std::max<std::int64_t>(1, batch / members);
  std::counting_semaphore<> done(0);
  runtime::node node(one_shard());
  runtime::thread_process me(node);
  me.in_process([&](runtime::process& self) {
    for (std::int64_t i = 0; i < members; ++i)
      self.spawn<member>(broadcasts, std::ref(done));
  });
  while (state.KeepRunningBatch(broadcasts * members)) {
    me.in_process([&](runtime::process& self) {
      for (std::int64_t i = 0; i < broadcasts; ++i)
        runtime::pubsub::broadcast(self, "topic", said{1});
    });
    for (std::int64_t i = 0; i < members; ++i)
      done.acquire();
  }
  node.stop(); // before the objects its processes refer to are destroyed
}

void subscribe_and_unsubscribe(benchmark::State& state) {
  runtime::node node(one_shard());
  runtime::thread_process me(node);
  in_process(state, me, [](runtime::process& self, std::int64_t count) {
    for (; count > 0; --count) {
      runtime::pubsub::subscribe(self, "topic");
      runtime::pubsub::unsubscribe(self, "topic");
    }
  });
}

template <int Number>
struct kind {
  int value = Number;
};

[[nodiscard]] int which(const runtime::term& message) {
  return message.match([](const kind<0>& of) { return of.value; },
                       [](const kind<1>& of) { return of.value; },
                       [](const kind<2>& of) { return of.value; },
                       [](const kind<3>& of) { return of.value; },
                       [](const kind<4>& of) { return of.value; },
                       [](const kind<5>& of) { return of.value; },
                       [](const std::string&, int number) { return number; },
                       [](runtime::otherwise) { return -1; });
}

void match(benchmark::State& state, const runtime::term& message) {
  for (auto _ : state)
    benchmark::DoNotOptimize(which(message));
}

BENCHMARK(register_and_unregister)->Arg(0)->Arg(100'000)->MeasureProcessCPUTime();
BENCHMARK(find_in_registry)->Arg(1)->Arg(100'000);
BENCHMARK(broadcast)->Arg(1)->Arg(100)->Arg(1'000)->Arg(10'000)->MeasureProcessCPUTime();
BENCHMARK(subscribe_and_unsubscribe)->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(match, first_case, runtime::term(kind<0>{}));
BENCHMARK_CAPTURE(match, sixth_case, runtime::term(kind<5>{}));
BENCHMARK_CAPTURE(match, two_values, runtime::term(std::string("room"), 1));
BENCHMARK_CAPTURE(match, no_case, runtime::term(1.5));

} // namespace
