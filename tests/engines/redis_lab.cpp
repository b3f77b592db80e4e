// Nodes that share their topics through a Redis of the test's own.
#include "websock/runtime/redis.hpp"

#include "tests/engines/engine_lab.hpp"
#include "tests/redis/redis_server.hpp"
#include "tests/support/two_shards.hpp"

#include <array>
#include <optional>

namespace tests {

namespace {

using namespace std::chrono_literals;

class redis_lab final : public engine_lab {
public:
  redis_lab() {
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      join(i);
    meet();
  }

  const engine_kind& kind() const override { return kind_; }
  runtime::node& node(std::size_t i) override { return nodes_.at(i).node; }
  std::string name(std::size_t i) override { return "node-" + std::to_string(i); }
  engine_flow flow(std::size_t i) override {
    const auto now = engine(i).figures();
    return {.sent = now.published * last(), .received = now.received};
  }
  void interrupt() override {
    redis_.kill();
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      wait_until([&] { return !engine(i).figures().is_connected; });
  }
  void mend() override {
    redis_.restart();
    meet();
  }
  void last_leaves() override {
    nodes_.at(last()).engine.reset();
    for (std::size_t i = 0; i < last(); ++i)
      wait_until([&] { return engine(i).nodes().size() == last() - 1; });
  }
  void last_returns() override {
    join(last());
    meet();
  }

private:
  struct seat {
    runtime::node node{two_shards()};
    std::optional<runtime::redis::engine> engine;
  };

  [[nodiscard]] runtime::redis::engine& engine(std::size_t i) {
    return *nodes_.at(i).engine;
  }
  void join(std::size_t i) {
    auto options = redis_.options(name(i));
    options.ping_interval = 200ms;   // tests wait for signs of life
    options.ping_timeout = 30'000ms; // longer than a loaded machine takes
    options.least_pause = 1ms;
    options.longest_pause = 20ms;
    nodes_.at(i).engine.emplace(node(i), options);
  }
  void meet() {
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      wait_until([&] {
        return engine(i).figures().is_connected && engine(i).nodes().size() == last();
      });
  }

  const engine_kind kind_ = redis_kind();
  redis_server redis_;
  std::array<seat, 3> nodes_;
};

} // namespace

engine_kind redis_kind() {
  return {.name = "Redis",
          .carries_pids = false,
          .make = []() -> std::unique_ptr<engine_lab> {
            return std::make_unique<redis_lab>();
          },
          .text = plain_text};
}

} // namespace tests
