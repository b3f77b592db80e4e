// The restart limit: how many restarts within what period.
#include "websock/runtime/supervisor/restart_intensity.hpp"

#include "tests/catch.hpp"

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::detail::restart_intensity;

TEST_CASE("one restart more than allowed within a period is one too many") {
  restart_intensity subject(2, 5s);
  const runtime::time_point start{};
  CHECK(subject.add(start));
  CHECK(subject.add(start + 2s));
  CHECK_FALSE(subject.add(start + 5s));
}

TEST_CASE("a restart counts until it is older than the period") {
  const auto age = GENERATE(5s, 6s);
  restart_intensity subject(1, 5s);
  const runtime::time_point start{};
  CHECK(subject.add(start));
  CHECK(subject.add(start + age) == (age > 5s));
}

TEST_CASE("where no restart is allowed the first one is one too many") {
  restart_intensity subject(0, 5s);
  CHECK_FALSE(subject.add({}));
}

TEST_CASE("a period of restarts must be positive") {
  CHECK(restart_intensity(3, 1ns).is_valid());
  CHECK_FALSE(restart_intensity(3, 0s).is_valid());
  CHECK_FALSE(restart_intensity(3, -1s).is_valid());
}
