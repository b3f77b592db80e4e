// A drain's batches and pauses.
#include "websock/connection/drain_schedule.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <chrono>
#include <set>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using websock::drain_schedule;

namespace {
constexpr runtime::time_point begin{1h};
}

TEST_CASE("a batch is as large as it was said, the last one smaller; 0 is everybody") {
  const drain_schedule some({.deadline = 10s}, 100, begin, 1);
  CHECK(some.batch(1'000) == 100);
  CHECK(some.batch(100) == 100);
  CHECK(some.batch(7) == 7);
  CHECK(some.batch(0) == 0);
  const drain_schedule all({.deadline = 10s}, 0, begin, 1);
  CHECK(all.batch(1'000) == 1'000);
}

TEST_CASE("pauses are random, up to the jitter, and the same for the same seed") {
  drain_schedule one({.deadline = 1h, .jitter = 100ms}, 10, begin, 7);
  drain_schedule same({.deadline = 1h, .jitter = 100ms}, 10, begin, 7);
  drain_schedule other({.deadline = 1h, .jitter = 100ms}, 10, begin, 8);
  std::set<runtime::duration> pauses;
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const auto pause = one.pause(1'000, begin);
    CHECK(pause >= 0ms);
    CHECK(pause <= 100ms);
    CHECK(pause == same.pause(1'000, begin));
    differs = differs || pause != other.pause(1'000, begin);
    pauses.insert(pause);
  }
  CHECK(differs);
  CHECK(pauses.size() > 90);
  CHECK(*pauses.rbegin() > 90ms);
}

TEST_CASE("all batches fit into half of the deadline, however many there are") {
  for (const std::size_t connections : {1U, 10U, 1'000U, 100'000U}) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      drain_schedule subject({.deadline = 10s, .jitter = 24h}, 10, begin, seed);
      auto now = begin;
      for (auto left = connections; left > 0; left -= subject.batch(left))
        now += subject.pause(left, now);
      CHECK(now <= begin + 5s);
    }
  }
}

TEST_CASE("a drain that is late does not pause") {
  drain_schedule subject({.deadline = 10s, .jitter = 1s}, 1, begin, 1);
  CHECK(subject.pause(100, begin + 5s) == 0s);
  CHECK(subject.pause(100, begin + 1h) == 0s);
  drain_schedule none({.deadline = 0ms, .jitter = 1s}, 1, begin, 1);
  CHECK(none.pause(100, begin) == 0s);
  CHECK(none.deadline() == begin);
}
