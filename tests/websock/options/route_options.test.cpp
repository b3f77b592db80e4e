// Options that a route overrides.
#include "websock/options/route_options.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <stdexcept>

using namespace std::chrono_literals;
using websock::upgrade_options;

TEST_CASE("checked options are a changed copy, checked once, when they are made") {
  const upgrade_options base{.close_timeout = 7s};
  CHECK_THROWS_AS(
      websock::checked_options(base, websock::with([](auto& its) { its.timeout = 0ms; })),
      std::invalid_argument);
  const websock::checked_options subject(
      base, websock::with([](auto& its) { its.timeout = 5s; }));
  CHECK(subject.shared()->timeout == 5s);
  CHECK(subject.shared()->close_timeout == 7s);
  CHECK(websock::checked_options(subject).shared() == subject.shared());
}

TEST_CASE("with() leaves everything as it is") {
  const upgrade_options base{.timeout = 7s, .subprotocols = {"a"}};
  const auto same = websock::with().applied_to(base);
  CHECK(same->timeout == 7s);
  CHECK(same->subprotocols == base.subprotocols);
}
