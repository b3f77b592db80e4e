// A node without threads and without wall-clock time, for tests: a seed determines each
// schedule.
#pragma once

#include "../process/node.hpp"
#include "../time/deadline.hpp"
#include "steppable.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace websock::runtime::testing {

/// Runs its shards on the calling thread, one small step at a time, in an order drawn
/// from `seed`. The same seed and program give the same schedule.
class stepped_node final : public steppable {
public:
  /// Two shards unless `options` say otherwise; it collects the log for `log_lines`.
  explicit stepped_node(std::uint64_t seed,
                        node_options options = {.shards = 2, .pool_threads = 1});
  /// Kills the remaining processes.
  ~stepped_node() override;
  stepped_node(const stepped_node&) = delete;
  stepped_node& operator=(const stepped_node&) = delete;

  [[nodiscard]] runtime::node& node() noexcept { return node_; }
  explicit(false) operator runtime::node&() noexcept { return node_; }

  template <class T, class... Args>
  pid spawn(Args&&... args) {
    return node_.spawn<T>(std::forward<Args>(args)...);
  }
  template <class F>
  requires std::invocable<F&, process&> pid spawn(F function) {
    return node_.spawn(std::move(function));
  }

  /// Draws the schedule from another seed from here on.
  void reseed(std::uint64_t seed) { random_.seed(seed); }
  /// One step of one shard. False when no shard has work at the current time.
  bool step() override;
  [[nodiscard]] time_point now() const noexcept override { return clock_.now(); }
  [[nodiscard]] std::optional<time_point> next_deadline() const override;
  void pass(duration time) noexcept override { clock_.advance(time); }

  [[nodiscard]] const std::vector<std::string>& log_lines() const noexcept {
    return log_lines_;
  }

private:
  [[nodiscard]] node_options with_log(node_options options);

  std::vector<std::string> log_lines_;
  manual_clock clock_;
  std::mt19937_64 random_;
  runtime::node node_;
};

} // namespace websock::runtime::testing
