// The timer queue, compared with a model too simple to be wrong.
#include "websock/runtime/time/timer_queue.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <vector>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::duration;
using runtime::time_point;
using runtime::timer_queue;

namespace {

class test_timer final : public runtime::timer {
public:
  explicit test_timer(std::function<void(time_point)> action)
      : action_(std::move(action)) {}
  ~test_timer() override = default;
  void expire(time_point now) override { action_(now); }

private:
  std::function<void(time_point)> action_;
};

[[nodiscard]] time_point at(int milliseconds) {
  return time_point{} + std::chrono::milliseconds(milliseconds);
}

/// What the queue must do, as a list that is searched from end to end.
class model {
public:
  void arm(std::size_t id, time_point when) { armed_.push_back({id, when}); }
  void disarm(std::size_t id) {
    std::erase_if(armed_, [&](const entry& each) { return each.id == id; });
  }
  [[nodiscard]] std::vector<std::size_t> expire(time_point now) {
    std::stable_sort(armed_.begin(), armed_.end(),
                     [](const entry& a, const entry& b) { return a.when < b.when; });
    std::vector<std::size_t> due;
    for (const auto& each : armed_)
      if (each.when <= now)
        due.push_back(each.id);
    std::erase_if(armed_, [&](const entry& each) { return each.when <= now; });
    return due;
  }
  [[nodiscard]] std::optional<time_point> next() const {
    std::optional<time_point> first;
    for (const auto& each : armed_)
      if (!first || each.when < *first)
        first = each.when;
    return first;
  }
  [[nodiscard]] std::size_t size() const { return armed_.size(); }

private:
  struct entry {
    std::size_t id;
    time_point when;
  };
  std::vector<entry> armed_;
};

/// Timers that write their number down when they expire.
struct bench {
  explicit bench(std::size_t count) {
    for (std::size_t id = 0; id < count; ++id)
      timers.push_back(std::make_unique<test_timer>(
          [this, id](time_point) { expired.push_back(id); }));
  }
  timer_queue queue;
  std::vector<std::size_t> expired;
  std::vector<std::unique_ptr<test_timer>> timers;
};

using order = std::vector<std::size_t>;

} // namespace

TEST_CASE("random arming, disarming and expiring does what a sorted list does") {
  const auto seed = GENERATE(range(1U, 9U));
  CAPTURE(seed);
  std::mt19937 random(seed);
  constexpr std::size_t count = 60;
  bench real(count);
  model wanted;
  int now = 0;
  for (int step = 0; step < 4'000; ++step) {
    const std::size_t id = random() % count;
    auto& timer = *real.timers[id];
    switch (random() % 4) {
    case 0:
    case 1:
      if (timer.is_armed())
        break;
      {
        // Few distinct times, so that many are equal.
        const auto when = at(now + static_cast<int>(random() % 12));
        real.queue.arm(timer, when);
        wanted.arm(id, when);
        REQUIRE(real.queue.due(timer) == when);
      }
      break;
    case 2:
      real.queue.disarm(timer);
      wanted.disarm(id);
      REQUIRE_FALSE(timer.is_armed());
      break;
    default:
      now += static_cast<int>(random() % 4);
      real.expired.clear();
      real.queue.expire(at(now));
      REQUIRE(real.expired == wanted.expire(at(now)));
    }
    REQUIRE(real.queue.size() == wanted.size());
    REQUIRE(real.queue.next() == wanted.next());
  }
}

TEST_CASE("timers with the same time expire in the order in which they were armed") {
  bench real(100);
  for (std::size_t id = 0; id < 100; ++id)
    real.queue.arm(*real.timers[(id * 37) % 100], at(5));
  real.queue.expire(at(5));
  order wanted;
  for (std::size_t id = 0; id < 100; ++id)
    wanted.push_back((id * 37) % 100);
  CHECK(real.expired == wanted);
}

TEST_CASE("a timer does not expire a moment early") {
  bench real(1);
  real.queue.arm(*real.timers[0], at(5));
  real.queue.expire(at(5) - 1ns);
  CHECK(real.expired.empty());
  real.queue.expire(at(5));
  CHECK(real.expired == order{0});
}

TEST_CASE(
    "a timer that arms itself again waits for the next call, however early it is due") {
  timer_queue queue;
  std::vector<int> expired;
  std::unique_ptr<test_timer> again;
  const auto rearm_at = GENERATE(as<int>{}, 0, 9, 10, 20);
  CAPTURE(rearm_at);
  again = std::make_unique<test_timer>([&](time_point) {
    expired.push_back(1);
    if (expired.size() < 10)
      queue.arm(*again, at(rearm_at));
  });
  test_timer other([&](time_point) { expired.push_back(2); });
  queue.arm(*again, at(10));
  queue.arm(other, at(15));
  queue.expire(at(20));
  CHECK(expired == std::vector<int>{1, 2}); // and does not hold up what is due as well
  queue.expire(at(20));
  CHECK(expired == std::vector<int>{1, 2, 1});
}

TEST_CASE("a timer that disarms others while it expires keeps them from expiring") {
  bench real(3);
  test_timer first([&](time_point) {
    real.queue.disarm(*real.timers[0]);
    real.queue.disarm(*real.timers[2]);
  });
  real.queue.arm(first, at(1));
  for (auto& each : real.timers)
    real.queue.arm(*each, at(2));
  real.queue.expire(at(3));
  CHECK(real.expired == order{1});
  CHECK(real.queue.size() == 0);
}

TEST_CASE(
    "a timer is disarmed when it expires, is told the time, and may be destroyed then") {
  timer_queue queue;
  std::unique_ptr<test_timer> timer;
  time_point told{};
  bool was_armed = true;
  timer = std::make_unique<test_timer>([&](time_point now) {
    told = now;
    was_armed = timer->is_armed();
  });
  queue.arm(*timer, at(1));
  queue.expire(at(7));
  CHECK(told == at(7));
  CHECK_FALSE(was_armed);
  timer.reset();
  queue.expire(at(8));
  CHECK_FALSE(queue.next().has_value());
}

TEST_CASE("disarming a timer that is not armed has no effect") {
  bench real(2);
  real.queue.disarm(*real.timers[0]);
  real.queue.arm(*real.timers[1], at(1));
  real.queue.disarm(*real.timers[0]);
  CHECK(real.queue.size() == 1);
}
