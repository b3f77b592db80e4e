// Topics that are joined and left.
#include "bench/load/fleet.hpp"
#include "bench/load/measurement.hpp"
#include "bench/load/phoenix.hpp"
#include "bench/load/scenarios.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

namespace {

using clock = fleet::clock;

/// Each connection joins, and leaves when it has all that follows.
class topic_visits {
public:
  explicit topic_visits(const settings& wanted)
      : connections_(wanted, traffic::visits), joined_(phoenix::answers_to_join(wanted)),
        all_(joined_ + 2), since_(wanted.connections) {}

  /// Makes `messages` visits, or those of `limit` if they are fewer; latency is that of
  /// a join.
  std::uint64_t run(std::uint64_t messages, std::chrono::milliseconds limit,
                    histogram& latencies) {
    left_ = messages;
    const auto end = clock::now() + limit;
    std::uint64_t done = 0;
    for (std::size_t i = 0; i < connections_.size(); ++i)
      join(i);
    while (open_ > 0)
      connections_.turn(std::chrono::seconds(1), true,
                        [&](std::size_t index, std::uint64_t) {
                          const auto answers = connections_.at(index).received() % all_;
                          if (answers == joined_)
                            leave(index, latencies);
                          if (answers != 0)
                            return;
                          ++done;
                          --open_;
                          if (clock::now() >= end)
                            left_ = 0;
                          join(index);
                        });
    return done;
  }

private:
  void join(std::size_t index) {
    if (left_ == 0)
      return;
    --left_;
    ++open_;
    since_[index] = clock::now();
    say(index);
  }
  void leave(std::size_t index, histogram& latencies) {
    latencies.record(static_cast<std::uint64_t>((clock::now() - since_[index]).count()));
    say(index);
  }
  void say(std::size_t index) {
    connections_.at(index).allow(1);
    connections_.flush(index);
  }

  fleet connections_;
  const std::uint64_t joined_; // answers, when the join is over
  const std::uint64_t all_;    // answers of a visit
  std::vector<clock::time_point> since_;
  std::uint64_t left_ = 0;
  std::uint64_t open_ = 0;
};

} // namespace

nlohmann::json measure_visits(const settings& wanted) {
  topic_visits loop(wanted);
  return measure(loop, wanted);
}

} // namespace bench
