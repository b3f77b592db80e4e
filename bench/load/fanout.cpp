// One sends, all receive.
#include "bench/load/fleet.hpp"
#include "bench/load/measurement.hpp"
#include "bench/load/scenarios.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace bench {

namespace {

using clock = fleet::clock;

class broadcasts {
public:
  explicit broadcasts(const settings& wanted)
      : connections_(wanted, traffic::broadcasts), window_(wanted.depth),
        on_the_way_(wanted.depth) {}

  /// Sends `messages`, or those of `limit` if they are fewer, and waits for all
  /// deliveries. Returns how many these were.
  std::uint64_t run(std::uint64_t messages, std::chrono::milliseconds limit,
                    histogram& latencies) {
    left_ = messages;
    const auto end = clock::now() + limit;
    std::uint64_t deliveries = 0;
    send(window_);
    while (sent_ > arrived_)
      connections_.turn(std::chrono::seconds(1), true,
                        [&](std::size_t index, std::uint64_t count) {
                          const auto now = clock::now();
                          deliveries += count;
                          if (now >= end)
                            left_ = 0;
                          send(note(index, count, now, latencies));
                        });
    return deliveries;
  }

private:
  struct broadcast {
    clock::time_point sent_at;
    std::size_t missing = 0; // deliveries
  };

  void send(std::uint64_t wanted) {
    const auto count = std::min(wanted, left_);
    if (count == 0)
      return;
    const auto now = clock::now();
    for (std::uint64_t i = 0; i < count; ++i)
      on_the_way_[sent_++ % window_] = {now, connections_.size()};
    left_ -= count;
    connections_.at(0).allow(count);
    connections_.flush(0);
  }

  /// Returns how many broadcasts have arrived everywhere with this.
  [[nodiscard]] std::uint64_t note(std::size_t index, std::uint64_t count,
                                   clock::time_point now, histogram& latencies) {
    const auto after = connections_.at(index).received();
    const auto before = arrived_;
    for (auto number = after - count; number < after; ++number) {
      auto& one = on_the_way_[number % window_];
      latencies.record(static_cast<std::uint64_t>((now - one.sent_at).count()));
      if (--one.missing == 0)
        ++arrived_;
    }
    return arrived_ - before;
  }

  fleet connections_;
  const std::size_t window_;
  std::vector<broadcast> on_the_way_;
  std::uint64_t left_ = 0; // to send
  std::uint64_t sent_ = 0;
  std::uint64_t arrived_ = 0; // everywhere
};

/// Connections that receive and never read.
class silent_consumers {
public:
  explicit silent_consumers(const settings& wanted)
      : messages_(messages_of(wanted, traffic::broadcasts), wanted) {
    for (std::size_t i = 0; i < wanted.silent; ++i)
      all_.push_back(std::make_unique<client>(wanted, nullptr, messages_, 0, 0));
  }
  [[nodiscard]] std::size_t closed() {
    return static_cast<std::size_t>(std::count_if(
        all_.begin(), all_.end(), [](const auto& one) { return one->is_closed(); }));
  }

private:
  pattern messages_;
  std::vector<std::unique_ptr<client>> all_;
};

} // namespace

nlohmann::json measure_fanout(const settings& wanted) {
  broadcasts loop(wanted);
  silent_consumers silent(wanted);
  auto found = measure(loop, wanted);
  found["broadcasts_per_second"] =
      found["per_second"].get<double>() / static_cast<double>(wanted.connections);
  if (wanted.silent > 0)
    found["silent"] = {{"connections", wanted.silent}, {"closed", silent.closed()}};
  return found;
}

} // namespace bench
