// The seeds of a randomized test: RANDOM_SEEDS=20000 runs more, RANDOM_SEED=4711 replays
// one.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace tests {

struct seeds {
  std::uint64_t first;
  std::uint64_t end;
};

/// The seeds 1 to `count`, unless the environment overrides them.
[[nodiscard]] inline seeds seeds_of(std::uint64_t count) {
  const auto number = [](const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
  };
  const bool is_one = std::getenv("RANDOM_SEED") != nullptr;
  const auto first = number("RANDOM_SEED", 1);
  return {first, first + number("RANDOM_SEEDS", is_one ? 1 : count)};
}

} // namespace tests
