// The closed loop: what comes back is sent again.
#include "bench/load/fleet.hpp"
#include "bench/load/measurement.hpp"
#include "bench/load/scenarios.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

namespace {

using clock = fleet::clock;

class closed_loop {
public:
  explicit closed_loop(const settings& wanted)
      : connections_(wanted, traffic::echoes), depth_(wanted.depth),
        sent_at_(wanted.connections * wanted.depth) {}

  /// Sends `messages`, or those of `limit` if they are fewer, and waits for all of them.
  /// Returns how many they were.
  std::uint64_t run(std::uint64_t messages, std::chrono::milliseconds limit,
                    histogram& latencies) {
    left_ = messages;
    const auto end = clock::now() + limit;
    std::uint64_t received = 0;
    for (std::size_t i = 0; i < connections_.size(); ++i)
      send(i, depth_, clock::now());
    while (in_flight_ > 0)
      connections_.turn(std::chrono::seconds(1), true,
                        [&](std::size_t index, std::uint64_t count) {
                          const auto now = clock::now();
                          note(index, count, now, latencies);
                          received += count;
                          if (now >= end)
                            left_ = 0;
                          send(index, count, now);
                        });
    return received;
  }

private:
  [[nodiscard]] clock::time_point& sent_at(std::size_t index, std::uint64_t number) {
    return sent_at_[index * depth_ + number % depth_];
  }

  void send(std::size_t index, std::uint64_t wanted, clock::time_point now) {
    const auto count = std::min(wanted, left_);
    if (count == 0)
      return;
    auto& one = connections_.at(index);
    for (std::uint64_t i = 0; i < count; ++i)
      sent_at(index, one.allowed() + i) = now;
    one.allow(count);
    left_ -= count;
    in_flight_ += count;
    connections_.flush(index);
  }

  void note(std::size_t index, std::uint64_t count, clock::time_point now,
            histogram& latencies) {
    in_flight_ -= count;
    const auto after = connections_.at(index).received();
    for (auto number = after - count; number < after; ++number)
      latencies.record(
          static_cast<std::uint64_t>((now - sent_at(index, number)).count()));
  }

  fleet connections_;
  const std::size_t depth_;
  std::vector<clock::time_point> sent_at_; // of the messages in flight
  std::uint64_t left_ = 0;                 // to send
  std::uint64_t in_flight_ = 0;
};

} // namespace

nlohmann::json measure_echo(const settings& wanted) {
  closed_loop loop(wanted);
  return measure(loop, wanted);
}

} // namespace bench
