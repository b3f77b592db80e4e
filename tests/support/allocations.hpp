// Counts what a piece of code takes from the heap, in programs that are built without
// sanitizers.
#pragma once

#include <cstddef>

namespace tests {

/// Calls of operator new, of every form, by the calling thread so far.
[[nodiscard]] std::size_t allocations() noexcept;

/// False under a sanitizer, which brings an operator new of its own: nothing is counted
/// then.
[[nodiscard]] bool are_allocations_counted() noexcept;

} // namespace tests
