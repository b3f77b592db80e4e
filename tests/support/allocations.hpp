// Counts what a piece of code takes from the heap, and makes the heap refuse, in programs
// that are built without sanitizers.
#pragma once

#include "tests/catch.hpp"

#include <array>
#include <cstddef>

namespace tests {

/// Calls of operator new, of every form, by the calling thread so far.
[[nodiscard]] std::size_t allocations() noexcept;
/// How many of those of all threads have not been given back.
[[nodiscard]] std::ptrdiff_t allocations_kept() noexcept;

/// False under a sanitizer, which brings an operator new of its own: nothing is counted
/// then, and nothing fails.
[[nodiscard]] bool are_allocations_counted() noexcept;

/// While it lives, `count` allocations of this thread fail, after `first` that do not.
class failing_allocations {
public:
  failing_allocations(std::size_t first, std::size_t count) noexcept;
  ~failing_allocations();
  failing_allocations(const failing_allocations&) = delete;
  failing_allocations& operator=(const failing_allocations&) = delete;

  /// Whether any has.
  [[nodiscard]] bool has_failed() const noexcept;
};

/// Whether no more is kept than `before`, once threads that end have ended.
[[nodiscard]] bool is_given_back(std::ptrdiff_t before);

/// Runs `scene(first, count)` with each allocation failing in turn, alone and with some
/// after it, until none is left to fail, which the scene returns. It leaves nothing
/// behind, but for what is made once.
template <class Scene>
void fail_each_allocation(Scene scene) {
  if (!are_allocations_counted())
    return;
  constexpr std::size_t most = 20'000;
  for (const auto count : std::array<std::size_t, 3>{1, 2, 20}) {
    bool has_failed = true;
    for (std::size_t first = 0; has_failed; ++first) {
      REQUIRE(first < most);
      bool is_all = false;
      for (int tries = 0; tries < 4 && !is_all; ++tries) {
        const auto before = allocations_kept();
        has_failed = scene(first, count);
        is_all = is_given_back(before);
      }
      INFO("allocation " << first << ", and " << count - 1 << " after it");
      REQUIRE(is_all);
    }
  }
}

} // namespace tests
