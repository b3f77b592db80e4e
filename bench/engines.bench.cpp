// What a message costs from a publisher to a subscriber: within a node, and between two
// nodes by each engine. A time is that of one message; CPU is that of the whole program,
// in which both nodes are. What redis-server takes besides is a figure of its own.
//
//     engines_bench --benchmark_enable_random_interleaving=true
//         --benchmark_repetitions=5 --benchmark_report_aggregates_only=true
#include "websock/phoenix/pubsub/pubsub.hpp"
#include "websock/runtime/behaviour.hpp"
#include "websock/runtime/cluster.hpp"
#include "websock/runtime/node.hpp"
#include "websock/runtime/process.hpp"
#include "websock/runtime/pubsub.hpp"
#include "websock/runtime/redis.hpp"

#include "tests/redis/redis_server.hpp"
#include "tests/support/loopback.hpp"

#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace runtime = websock::runtime;
namespace pubsub = runtime::pubsub;

using namespace std::chrono_literals;

namespace {

constexpr std::int64_t batch = 1'000; // messages that are on their way at most
constexpr auto patience = 30s;

[[nodiscard]] runtime::node_options shards(std::size_t count) {
  runtime::node_options options;
  options.shards = count;
  options.pool_threads = 1;
  options.log = [](auto, auto) {};
  return options;
}

template <class F>
void wait_until(F is_so) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > end)
      throw std::runtime_error("the nodes do not meet");
    std::this_thread::sleep_for(1ms);
  }
}

/// Where the publisher and the subscriber live.
class way {
public:
  way() = default;
  virtual ~way() = default;
  way(const way&) = delete;
  way& operator=(const way&) = delete;

  virtual runtime::node& here() = 0;
  virtual runtime::node& there() = 0;
  /// The CPU time of programs beside this one, in microseconds.
  virtual double cpu_beside() { return 0; }
};

class within_a_node final : public way {
public:
  runtime::node& here() override { return node_; }
  runtime::node& there() override { return node_; }

private:
  runtime::node node_{shards(2)};
};

enum class sharing : bool { nothing, topics };

/// Two nodes that are connected.
class clusters {
public:
  explicit clusters(sharing how) {
    ::setenv("ENGINES_BENCH_COOKIE", "secret", 1);
    const auto epmd = tests::free_port();
    one_.emplace(here, options("one@127.0.0.1", epmd, how));
    other_.emplace(there, options("other@127.0.0.1", epmd, how));
    one_->connect("other@127.0.0.1");
    wait_until([&] { return !one_->nodes().empty() && !other_->nodes().empty(); });
  }
  [[nodiscard]] runtime::cluster& one() { return *one_; }
  [[nodiscard]] runtime::cluster& other() { return *other_; }

  runtime::node here{shards(1)};
  runtime::node there{shards(1)};

private:
  [[nodiscard]] static runtime::cluster_options options(const std::string& name,
                                                        std::uint16_t epmd, sharing how) {
    runtime::cluster_options all;
    all.name = name;
    all.cookie_variable = "ENGINES_BENCH_COOKIE";
    all.epmd_port = epmd;
    all.shares_topics = how == sharing::topics;
    return all;
  }

  std::optional<runtime::cluster> one_;
  std::optional<runtime::cluster> other_;
};

class by_cluster final : public way {
public:
  by_cluster() {
    wait_until([&] {
      const auto peers = nodes_.one().peers();
      return peers.size() == 1 && peers.front().shares_topics;
    });
    wait_until([&] { return nodes_.other().peers().front().shares_topics; });
  }
  runtime::node& here() override { return nodes_.here; }
  runtime::node& there() override { return nodes_.there; }

private:
  clusters nodes_{sharing::topics};
};

class by_phoenix final : public way {
public:
  by_phoenix() {
    wait_until([&] { return !one_.nodes().empty() && !other_.nodes().empty(); });
  }
  runtime::node& here() override { return nodes_.here; }
  runtime::node& there() override { return nodes_.there; }

private:
  clusters nodes_{sharing::nothing};
  websock::phoenix::pubsub one_{nodes_.here, nodes_.one(), {.name = "App.PubSub"}};
  websock::phoenix::pubsub other_{nodes_.there, nodes_.other(), {.name = "App.PubSub"}};
};

class by_redis final : public way {
public:
  by_redis() {
    wait_until([&] { return !one_.nodes().empty() && !other_.nodes().empty(); });
  }
  runtime::node& here() override { return here_; }
  runtime::node& there() override { return there_; }
  double cpu_beside() override {
    std::ifstream figures("/proc/" + std::to_string(redis_.id()) + "/schedstat");
    double nanoseconds = 0;
    figures >> nanoseconds;
    return nanoseconds / 1e3;
  }

private:
  tests::redis_server redis_;
  runtime::node here_{shards(1)};
  runtime::node there_{shards(1)};
  runtime::redis::engine one_{here_, redis_.options("one")};
  runtime::redis::engine other_{there_, redis_.options("other")};
};

/// What the benchmark waits for.
struct progress {
  std::atomic<std::int64_t> missing{0};
  std::binary_semaphore done{0};

  [[nodiscard]] bool wait() { return done.try_acquire_for(patience); }
  /// False for the last one.
  bool note_arrival() {
    if (--missing > 0)
      return true;
    done.release();
    return false;
  }
};

struct publish {
  std::int64_t count;
};

class subscriber final : public runtime::behaviour {
public:
  explicit subscriber(progress& all) : all_(all) {}

private:
  void on_start() override {
    pubsub::subscribe(self(), "news");
    all_.done.release();
  }
  void on_message(runtime::term) override { all_.note_arrival(); }

  progress& all_;
};

class answerer final : public runtime::behaviour {
public:
  explicit answerer(progress& all) : all_(all) {}

private:
  void on_start() override {
    pubsub::subscribe(self(), "questions");
    all_.done.release();
  }
  void on_message(runtime::term) override {
    pubsub::broadcast(self(), "answers", std::string("yes"));
  }

  progress& all_;
};

/// Asks again when it has its answer, until nothing is missing.
class asker final : public runtime::behaviour {
public:
  explicit asker(progress& all) : all_(all) {}

private:
  void on_start() override { pubsub::subscribe(self(), "answers"); }
  void on_message(runtime::term message) override {
    if (message.is<publish>() || all_.note_arrival())
      pubsub::broadcast(self(), "questions", std::string("well?"));
  }

  progress& all_;
};

class publisher final : public runtime::behaviour {
public:
  explicit publisher(std::size_t size) : text_(size, 'x') {}

private:
  static constexpr std::int64_t in_a_turn = 64;

  void on_start() override {}
  void on_message(runtime::term message) override {
    message.match([this](const publish& what) {
      for (std::int64_t i = 0; i < in_a_turn && i < what.count; ++i)
        pubsub::broadcast(self(), "news", text_);
      if (what.count > in_a_turn)
        runtime::send(self().pid(), publish{what.count - in_a_turn});
    });
  }

  const std::string text_;
};

void deliver(benchmark::State& state, way& between, progress& all) {
  auto& there = between.there();
  there.spawn_on<subscriber>(there.shard_count() - 1, std::ref(all));
  const auto source =
      between.here().spawn_on<publisher>(0, static_cast<std::size_t>(state.range(0)));
  if (!all.wait())
    return state.SkipWithError("nobody subscribes");
  const auto before = between.cpu_beside();
  while (state.KeepRunningBatch(batch)) {
    all.missing = batch;
    runtime::send(source, publish{batch});
    if (!all.wait())
      return state.SkipWithError("a message is lost");
  }
  state.counters["cpu_beside_us"] =
      (between.cpu_beside() - before) / static_cast<double>(state.iterations());
}

/// One at a time, from a process to another and back.
void ask_and_answer(benchmark::State& state, way& between, progress& all) {
  constexpr std::int64_t few = 100;
  auto& there = between.there();
  there.spawn_on<answerer>(there.shard_count() - 1, std::ref(all));
  const auto asks = between.here().spawn_on<asker>(0, std::ref(all));
  if (!all.wait())
    return state.SkipWithError("nobody subscribes");
  const auto before = between.cpu_beside();
  while (state.KeepRunningBatch(few)) {
    all.missing = few;
    runtime::send(asks, publish{few});
    if (!all.wait())
      return state.SkipWithError("a message is lost");
  }
  state.counters["cpu_beside_us"] =
      (between.cpu_beside() - before) / static_cast<double>(state.iterations());
}

template <class Way>
void delivery(benchmark::State& state) {
  progress all; // outlives the processes
  Way between;
  deliver(state, between, all);
}

template <class Way>
void round_trip(benchmark::State& state) {
  progress all;
  Way between;
  ask_and_answer(state, between, all);
}

void sizes(benchmark::internal::Benchmark* each) {
  each->Arg(64)->Arg(4'096)->UseRealTime()->MeasureProcessCPUTime();
}
void one_by_one(benchmark::internal::Benchmark* each) {
  each->UseRealTime()->MeasureProcessCPUTime();
}

BENCHMARK_TEMPLATE(delivery, within_a_node)->Apply(sizes);
BENCHMARK_TEMPLATE(delivery, by_cluster)->Apply(sizes);
BENCHMARK_TEMPLATE(delivery, by_phoenix)->Apply(sizes);
BENCHMARK_TEMPLATE(delivery, by_redis)->Apply(sizes);
BENCHMARK_TEMPLATE(round_trip, within_a_node)->Apply(one_by_one);
BENCHMARK_TEMPLATE(round_trip, by_cluster)->Apply(one_by_one);
BENCHMARK_TEMPLATE(round_trip, by_phoenix)->Apply(one_by_one);
BENCHMARK_TEMPLATE(round_trip, by_redis)->Apply(one_by_one);

} // namespace
