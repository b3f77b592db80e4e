// One measured part of a run, from begin to end, as JSON.
#pragma once

#include "bench/load/histogram.hpp"
#include "bench/load/server_usage.hpp"
#include "bench/load/settings.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>

namespace bench {

class measurement {
public:
  /// Begins.
  explicit measurement(const settings& wanted);

  /// Ends it, after `operations`.
  [[nodiscard]] nlohmann::json end(std::uint64_t operations) const;

private:
  const int server_pid_;
  const server_usage server_;
  const std::uint64_t own_cpu_ns_;
  const std::chrono::steady_clock::time_point start_;
};

/// Quantiles in microseconds.
[[nodiscard]] nlohmann::json in_microseconds(const histogram& latencies);

/// Runs `load`, which has `run(operations, limit, latencies)`, to warm up and then
/// measured.
template <class Load>
[[nodiscard]] nlohmann::json measure(Load& load, const settings& wanted) {
  histogram unused;
  load.run(wanted.warm_up, wanted.limit, unused);
  histogram latencies;
  const measurement part(wanted);
  const auto operations = load.run(wanted.messages, wanted.limit, latencies);
  auto found = part.end(operations);
  found["latency_us"] = in_microseconds(latencies);
  return found;
}

} // namespace bench
