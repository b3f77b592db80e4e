// Counts the allocations of a piece of code and makes them fail, in programs built
// without sanitizers.
#pragma once

#include "tests/catch.hpp"

#include <array>
#include <cstddef>

namespace tests {

/// How often the calling thread has called operator new so far, in any form.
[[nodiscard]] std::size_t allocations() noexcept;
/// How many allocations, of all threads, have not been freed.
[[nodiscard]] std::ptrdiff_t allocations_kept() noexcept;

/// False under a sanitizer, which replaces operator new itself: then nothing is counted
/// and nothing fails.
[[nodiscard]] bool are_allocations_counted() noexcept;

/// During its lifetime, lets this thread's next `first` allocations succeed and makes the
/// `count` after them fail.
class failing_allocations {
public:
  failing_allocations(std::size_t first, std::size_t count) noexcept;
  ~failing_allocations();
  failing_allocations(const failing_allocations&) = delete;
  failing_allocations& operator=(const failing_allocations&) = delete;

  /// Whether any allocation has failed.
  [[nodiscard]] bool has_failed() const noexcept;
};

/// Whether at most `before` allocations remain, once exiting threads are gone.
[[nodiscard]] bool is_given_back(std::ptrdiff_t before);

/// Runs `scene(first, count)` so that each allocation fails once alone and again with a
/// few after it, until the scene returns false: no allocation failed. The scene must free
/// everything but one-time allocations.
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
