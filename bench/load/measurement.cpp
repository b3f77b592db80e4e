// Differences between the end and the begin.
#include "bench/load/measurement.hpp"

#include <ctime>

namespace bench {

namespace {

[[nodiscard]] std::uint64_t own_cpu_ns() noexcept {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<std::uint64_t>(used.tv_sec) * 1'000'000'000
         + static_cast<std::uint64_t>(used.tv_nsec);
}

} // namespace

measurement::measurement(const settings& wanted)
    : server_pid_(wanted.server_pid), server_(usage_of(wanted.server_pid)),
      own_cpu_ns_(own_cpu_ns()), start_(std::chrono::steady_clock::now()) {
}

nlohmann::json measurement::end(std::uint64_t operations) const {
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start_;
  const auto count = static_cast<double>(operations);
  const auto own = static_cast<double>(own_cpu_ns() - own_cpu_ns_);
  nlohmann::json found{{"operations", operations},
                       {"seconds", took.count()},
                       {"per_second", count / took.count()},
                       {"load_busy", own / 1e9 / took.count()}};
  if (server_pid_ == 0)
    return found;
  const auto now = usage_of(server_pid_);
  const auto cpu = static_cast<double>(now.cpu_ns - server_.cpu_ns);
  const auto user = static_cast<double>(now.user_ticks - server_.user_ticks);
  const auto system = static_cast<double>(now.system_ticks - server_.system_ticks);
  found["server_cpu_us"] = cpu / 1e3 / count;
  found["server_system_part"] = user + system > 0 ? system / (user + system) : 0;
  found["server_busy"] = cpu / 1e9 / took.count();
  found["server_resident_kib"] = now.resident_kib;
  return found;
}

nlohmann::json in_microseconds(const histogram& latencies) {
  const auto at = [&](double part) {
    return static_cast<double>(latencies.quantile(part)) / 1e3;
  };
  return {{"p50", at(0.5)},
          {"p90", at(0.9)},
          {"p99", at(0.99)},
          {"p99.9", at(0.999)},
          {"max", static_cast<double>(latencies.max()) / 1e3}};
}

} // namespace bench
