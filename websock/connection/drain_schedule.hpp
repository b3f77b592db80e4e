// When to ask the connections of a shard to close: in batches, with random pauses, in
// time for the deadline.
#pragma once

#include "websock/options/options.hpp"
#include "websock/runtime/time/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <random>

namespace websock {

/// Independent of connections and timers. The same seed gives the same pauses.
class drain_schedule {
public:
  /// `batch` is the shard's share of drain_options::batch; 0: all at once.
  drain_schedule(const drain_options& options, std::size_t batch,
                 runtime::time_point begin, std::uint64_t seed)
      : batch_(batch), jitter_(options.jitter), deadline_(begin + options.deadline),
        last_batch_(begin + options.deadline / 2), random_(seed) {}

  /// How many of `left` connections to ask now.
  [[nodiscard]] std::size_t batch(std::size_t left) const noexcept;
  /// How long to wait before the next batch when `left` connections have yet to be asked.
  [[nodiscard]] runtime::duration pause(std::size_t left, runtime::time_point now);
  [[nodiscard]] runtime::time_point deadline() const noexcept { return deadline_; }

private:
  std::size_t batch_;
  runtime::duration jitter_;
  runtime::time_point deadline_;
  runtime::time_point last_batch_; // the remaining time is for the peers' answers
  std::mt19937_64 random_;
};

} // namespace websock
