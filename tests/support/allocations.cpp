// The replacement operator new that counts and fails, and its delete. All other forms
// call these.
#include "tests/support/allocations.hpp"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <new>
#include <thread>

namespace {

// Per thread, so that CAF's own threads cannot disturb a test.
thread_local std::size_t count = 0;
thread_local std::size_t before_failing = 0;
thread_local std::size_t to_fail = 0;
thread_local bool has_one_failed = false;
std::atomic<std::ptrdiff_t> kept{0};

} // namespace

namespace tests {

std::size_t allocations() noexcept {
  return count;
}

std::ptrdiff_t allocations_kept() noexcept {
  return kept;
}

bool is_given_back(std::ptrdiff_t before) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (kept > before && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  return kept <= before;
}

failing_allocations::failing_allocations(std::size_t first, std::size_t many) noexcept {
  before_failing = first;
  to_fail = many;
  has_one_failed = false;
}

failing_allocations::~failing_allocations() {
  to_fail = 0;
}

bool failing_allocations::has_failed() const noexcept {
  return has_one_failed;
}

#ifdef WEBSOCK_SANITIZED

bool are_allocations_counted() noexcept {
  return false;
}

} // namespace tests

#else

bool are_allocations_counted() noexcept {
  return true;
}

} // namespace tests

namespace {

void refuse_if_due() {
  if (to_fail == 0)
    return;
  if (before_failing > 0) {
    --before_failing;
    return;
  }
  --to_fail;
  has_one_failed = true;
  throw std::bad_alloc();
}

void* checked(void* memory) {
  if (memory == nullptr)
    throw std::bad_alloc();
  ++count;
  ++kept;
  return memory;
}

void give_back(void* memory) noexcept {
  if (memory != nullptr)
    --kept;
  std::free(memory);
}

} // namespace

void* operator new(std::size_t size) {
  refuse_if_due();
  return checked(std::malloc(size == 0 ? 1 : size));
}

void* operator new(std::size_t size, std::align_val_t alignment) {
  refuse_if_due();
  const auto step = static_cast<std::size_t>(alignment);
  return checked(std::aligned_alloc(step, (size + step - 1) / step * step));
}

void operator delete(void* memory) noexcept {
  give_back(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  give_back(memory);
}

void operator delete(void* memory, std::align_val_t) noexcept {
  give_back(memory);
}

void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  give_back(memory);
}

#endif
