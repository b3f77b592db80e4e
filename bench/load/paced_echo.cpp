// The open loop: what is sent does not wait for what comes back.
#include "bench/load/fleet.hpp"
#include "bench/load/measurement.hpp"
#include "bench/load/scenarios.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

namespace {

using clock = fleet::clock;

/// Message n of all is due n / rate after the begin, on connection n % connections.
class open_loop {
public:
  explicit open_loop(const settings& wanted)
      : connections_(wanted, traffic::echoes), rate_(wanted.rate),
        begun_(wanted.connections) {}

  std::uint64_t run(std::uint64_t messages, std::chrono::milliseconds limit,
                    histogram& latencies) {
    for (std::size_t i = 0; i < connections_.size(); ++i)
      begun_[i] = connections_.at(i).received();
    start_ = clock::now();
    const auto in_time =
        static_cast<std::uint64_t>(rate_ * std::chrono::duration<double>(limit).count());
    const auto all = std::min(messages, in_time);
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    while (received < all) {
      for (const auto now = clock::now(); sent < all && due(sent) <= now; ++sent)
        send(sent % connections_.size());
      const auto pause = sent < all ? due(sent) - clock::now() : std::chrono::seconds(1);
      connections_.turn(std::max(clock::duration(0), pause), received < sent,
                        [&](std::size_t index, std::uint64_t count) {
                          note(index, count, latencies);
                          received += count;
                        });
    }
    return received;
  }

private:
  [[nodiscard]] clock::time_point due(std::uint64_t number) const {
    return start_
           + std::chrono::nanoseconds(
               static_cast<std::int64_t>(static_cast<double>(number) / rate_ * 1e9));
  }

  void send(std::size_t index) {
    connections_.at(index).allow(1);
    connections_.flush(index);
  }

  void note(std::size_t index, std::uint64_t count, histogram& latencies) {
    const auto now = clock::now();
    const auto after = connections_.at(index).received() - begun_[index];
    for (auto number = after - count; number < after; ++number)
      latencies.record(static_cast<std::uint64_t>(
          (now - due(number * connections_.size() + index)).count()));
  }

  fleet connections_;
  const double rate_;
  std::vector<std::uint64_t> begun_; // what each had received before
  clock::time_point start_;
};

} // namespace

nlohmann::json measure_paced_echo(const settings& wanted) {
  ::prctl(PR_SET_TIMERSLACK, 1UL); // nanoseconds: it must wake when a message is due
  open_loop loop(wanted);
  auto found = measure(loop, wanted);
  found["rate"] = wanted.rate;
  return found;
}

} // namespace bench
