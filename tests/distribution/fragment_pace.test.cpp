// How far fragments run ahead, on networks that are computed.
#include "websock/runtime/distribution/fragment_pace.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <deque>

using namespace std::chrono_literals;
using websock::runtime::duration;
using websock::runtime::time_point;
using websock::runtime::distribution::fragment_pace;
using websock::runtime::distribution::network_progress;

namespace {

/// A network that takes so many octets a second, each of which is acknowledged a round
/// trip later; somebody always has fragments for it.
class network {
public:
  network(double octets_per_second, duration round_trip)
      : octets_per_second_(octets_per_second), round_trip_(round_trip) {}

  void run(duration how_long) {
    constexpr duration step = 1ms;
    for (const auto end = now_ + how_long; now_ < end; now_ += step) {
      look();
      move(step);
    }
  }
  void stop() { octets_per_second_ = 0; }
  void go_on(double octets_per_second) { octets_per_second_ = octets_per_second; }

  fragment_pace pace;
  std::uint64_t arrived = 0;
  std::uint64_t waiting = 0; // in front of the network

private:
  struct acknowledgement {
    time_point due;
    std::uint64_t octets;
  };

  void look() {
    for (; !under_way_.empty() && under_way_.front().due <= now_; under_way_.pop_front())
      arrived += under_way_.front().octets;
    const auto ahead = handed_over_ - arrived;
    pace.look(
        now_, arrived,
        {.on_the_way = ahead,
         .round_trip = std::chrono::duration_cast<std::chrono::microseconds>(round_trip_),
         .shortest_round_trip =
             std::chrono::duration_cast<std::chrono::microseconds>(round_trip_)});
    if (ahead >= pace.most_ahead())
      return;
    waiting += pace.most_ahead() - ahead;
    handed_over_ += pace.most_ahead() - ahead;
  }
  void move(duration step) {
    const auto most = octets_per_second_ * std::chrono::duration<double>(step).count();
    const auto moved = std::min(waiting, static_cast<std::uint64_t>(most));
    waiting -= moved;
    under_way_.push_back({now_ + round_trip_, moved});
  }

  double octets_per_second_;
  const duration round_trip_;
  time_point now_{};
  std::uint64_t handed_over_ = 0;
  std::deque<acknowledgement> under_way_;
};

} // namespace

TEST_CASE("a slow network has no more in front of it than it takes in a short time") {
  for (const double rate : {1e6, 2.5e6, 1e7}) {
    network slow(rate, 1ms);
    slow.run(300ms);
    for (int i = 0; i < 100; ++i) {
      slow.run(10ms);
      CHECK(static_cast<double>(slow.waiting) <= rate * 0.025);
    }
  }
}

TEST_CASE("a network has always something to do, however long its way") {
  for (const duration round_trip : {0ms, 1ms, 20ms, 200ms}) {
    constexpr double rate = 2e7;
    network busy(rate, round_trip);
    busy.run(5s);
    const auto before = busy.arrived;
    busy.run(1s);
    CHECK(static_cast<double>(busy.arrived - before) > 0.98 * rate);
  }
}

TEST_CASE("a network that stands still gets little, and goes on as fast as before") {
  network one(1e7, 1ms);
  one.run(1s);
  one.stop();
  one.run(1s);
  CHECK(one.pace.most_ahead() == fragment_pace::least_ahead);
  one.go_on(1e7);
  one.run(300ms);
  const auto before = one.arrived;
  one.run(1s);
  CHECK(static_cast<double>(one.arrived - before) > 0.98e7);
}

TEST_CASE("pauses in which there are no fragments are no measure") {
  network one(1e7, 1ms);
  one.run(1s);
  const auto most = one.pace.most_ahead();
  one.pace.rest();
  one.stop(); // nothing to send
  one.pace.look(time_point(60s), one.arrived, {});
  CHECK(one.pace.most_ahead() > most / 2);
}

TEST_CASE("before anything is known, one usual output is ahead") {
  CHECK(fragment_pace().most_ahead() == fragment_pace::first_ahead);
}
