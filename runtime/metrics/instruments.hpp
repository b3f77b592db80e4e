// Counters, gauges and histograms that programs and libraries keep up to date.
#pragma once

#include "metric_set.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace websock::runtime {

class node;

namespace detail {

/// A line of the cache for each shard, so that shards do not disturb one another, and one
/// for all other threads.
struct alignas(64) counter_cell {
  std::atomic<std::uint64_t> value{0};
};

struct alignas(64) histogram_cell {
  std::unique_ptr<std::atomic<std::uint64_t>[]> counts;
  std::atomic<double> sum{0};
};

} // namespace detail

/// Any thread may call each function. The node must outlive it.
class metric_counter {
public:
  explicit metric_counter(const node& owner);

  void add(std::uint64_t more = 1) noexcept;
  /// The sum over all shards.
  [[nodiscard]] std::uint64_t value() const noexcept;

private:
  const node& owner_;
  std::vector<detail::counter_cell> cells_;
};

/// One value that all threads share.
class metric_gauge {
public:
  void set(double value) noexcept { value_.store(value, std::memory_order_relaxed); }
  void add(double more) noexcept; // may be negative
  // relaxed, here and above: a figure that orders nothing
  [[nodiscard]] double value() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

private:
  std::atomic<double> value_{0};
};

/// As metric_counter.
class metric_histogram {
public:
  static constexpr std::size_t most_bounds = 64;

  /// `bounds` are the upper ones, without +Inf. Throws std::invalid_argument unless they
  /// ascend and are at most most_bounds.
  metric_histogram(const node& owner, std::vector<double> bounds);

  void observe(double value) noexcept;
  [[nodiscard]] histogram_values values() const;
  [[nodiscard]] const std::vector<double>& bounds() const noexcept { return bounds_; }

private:
  const node& owner_;
  const std::vector<double> bounds_;
  std::vector<detail::histogram_cell> cells_;
};

} // namespace websock::runtime
