// Counting on shards without contention, and summing up.
#include "instruments.hpp"

#include "../process/node.hpp"
#include "../process/running_shard.hpp"
#include "../process/shard.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <utility>

namespace websock::runtime {

namespace {

// Relaxed throughout: figures that order nothing.

/// The shard whose cell the calling thread may write alone; null: none.
[[nodiscard]] const shard* own_shard(const node& owner) noexcept {
  return detail::running_shard(owner);
}

void add_alone(std::atomic<std::uint64_t>& cell, std::uint64_t more) noexcept {
  cell.store(cell.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

void add_shared(std::atomic<double>& cell, double more) noexcept {
  double before = cell.load(std::memory_order_relaxed);
  while (!cell.compare_exchange_weak(before, before + more, std::memory_order_relaxed))
    ; // before is what another thread has stored
}

[[nodiscard]] bool ascend(const std::vector<double>& bounds) noexcept {
  return std::adjacent_find(bounds.begin(), bounds.end(), std::greater_equal<>())
             == bounds.end()
         && std::all_of(bounds.begin(), bounds.end(),
                        [](double each) { return std::isfinite(each); });
}

} // namespace

metric_counter::metric_counter(const node& owner)
    : owner_(owner), cells_(owner.shard_count() + 1) {
}

void metric_counter::add(std::uint64_t more) noexcept {
  if (const auto* const home = own_shard(owner_))
    add_alone(cells_[home->index()].value, more);
  else
    cells_.back().value.fetch_add(more, std::memory_order_relaxed);
}

std::uint64_t metric_counter::value() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& each : cells_)
    sum += each.value.load(std::memory_order_relaxed);
  return sum;
}

void metric_gauge::add(double more) noexcept {
  add_shared(value_, more);
}

metric_histogram::metric_histogram(const node& owner, std::vector<double> bounds)
    : owner_(owner), bounds_(std::move(bounds)), cells_(owner.shard_count() + 1) {
  if (bounds_.size() > most_bounds || !ascend(bounds_))
    throw std::invalid_argument(
        "histogram: its bounds must ascend, be finite, and be 64 at most");
  for (auto& each : cells_)
    each.counts = std::make_unique<std::atomic<std::uint64_t>[]>(bounds_.size() + 1);
}

void metric_histogram::observe(double value) noexcept {
  const auto place = static_cast<std::size_t>(
      std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin());
  if (const auto* const home = own_shard(owner_)) {
    auto& mine = cells_[home->index()];
    add_alone(mine.counts[place], 1);
    mine.sum.store(mine.sum.load(std::memory_order_relaxed) + value,
                   std::memory_order_relaxed);
    return;
  }
  cells_.back().counts[place].fetch_add(1, std::memory_order_relaxed);
  add_shared(cells_.back().sum, value);
}

histogram_values metric_histogram::values() const {
  histogram_values all{bounds_, std::vector<std::uint64_t>(bounds_.size() + 1), 0};
  for (const auto& each : cells_) {
    for (std::size_t i = 0; i < all.counts.size(); ++i)
      all.counts[i] += each.counts[i].load(std::memory_order_relaxed);
    all.sum += each.sum.load(std::memory_order_relaxed);
  }
  return all;
}

} // namespace websock::runtime
