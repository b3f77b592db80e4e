// The counting operator new and its delete. All other forms end in these.
#include "tests/support/allocations.hpp"

#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WEBSOCK_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)                  \
    || __has_feature(memory_sanitizer)
#define WEBSOCK_SANITIZED
#endif
#endif

namespace {

thread_local std::size_t count = 0; // per thread: CAF's own threads do not disturb a test

} // namespace

namespace tests {

std::size_t allocations() noexcept {
  return count;
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

void* checked(void* memory) {
  if (memory == nullptr)
    throw std::bad_alloc();
  ++count;
  return memory;
}

} // namespace

void* operator new(std::size_t size) {
  return checked(std::malloc(size == 0 ? 1 : size));
}

void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  return checked(std::aligned_alloc(step, (size + step - 1) / step * step));
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

#endif
