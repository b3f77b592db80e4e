// The schedules that a test of a stepped node runs under.
#pragma once

#include "tests/catch.hpp"

namespace tests {

/// A seed for a stepped node. A test that calls this runs once per seed.
[[nodiscard]] inline unsigned any_schedule() {
  return GENERATE(1U, 2U, 3U, 4U);
}

} // namespace tests
