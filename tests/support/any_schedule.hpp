// The schedules under which a test of a stepped node runs.
#pragma once

#include "tests/catch.hpp"

namespace tests {

/// A seed for a stepped node: the test that asks for it runs once with each of them.
[[nodiscard]] inline unsigned any_schedule() {
  return GENERATE(1U, 2U, 3U, 4U);
}

} // namespace tests
