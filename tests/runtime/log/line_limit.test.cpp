// How many lines one source may log.
#include "websock/runtime/log/line_limit.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <string>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::log_level;
using runtime::detail::line_limit;

namespace {

const line_limit::time_point start{1h};

std::size_t passed(line_limit& limit, const std::string& line, std::size_t count,
                   line_limit::time_point now = start) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < count; ++i)
    sum += limit.passes(log_level::error, line, now) ? 1U : 0U;
  return sum;
}

} // namespace

TEST_CASE("a source writes so many lines in a second, and then it is only counted") {
  line_limit limit;
  CHECK(passed(limit, "route / raised: boom", 120) == line_limit::most);
  CHECK_FALSE(limit.take(start + 999ms));
  CHECK(limit.next() == start + 1s);
  const auto told = limit.take(start + 1s);
  REQUIRE(told);
  CHECK(told->level == log_level::error);
  CHECK(told->line == "route / raised: last message repeated 100 times");
  CHECK_FALSE(limit.take(start + 1s));
  CHECK_FALSE(limit.next());
  CHECK(passed(limit, "route / raised: boom", 120, start + 1s) == line_limit::most);
}

TEST_CASE("a quiet source begins a new second without a word") {
  line_limit limit;
  for (int i = 0; i < 10; ++i) {
    CHECK(passed(limit, "a: b", line_limit::most, start + i * 1s) == line_limit::most);
    CHECK_FALSE(limit.next());
  }
}

TEST_CASE("what differs in numbers, or behind the colon, is of one source") {
  line_limit limit;
  std::size_t sum = 0;
  for (int i = 0; i < 100; ++i)
    sum += passed(limit,
                  "process 0." + std::to_string(i) + " exited: " + std::to_string(i), 1);
  CHECK(sum == line_limit::most);
}

TEST_CASE("a flood of one source hides no other") {
  line_limit limit;
  CHECK(passed(limit, "a: x", 1'000) == line_limit::most);
  CHECK(passed(limit, "b: x", 5) == 5);
  CHECK(limit.passes(log_level::warning, "a: x", start)); // of another level
}

TEST_CASE("more sources than there is room for share a place") {
  line_limit limit;
  std::size_t sum = 0;
  for (int i = 0; i < 1'000; ++i)
    sum += passed(limit, std::string(static_cast<std::size_t>(i) + 1, 'x') + ": y", 1);
  CHECK(sum >= line_limit::most);
  CHECK(sum <= 64 + line_limit::most);
}
