// A descriptor that one thread makes readable for another thread.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace websock::runtime::detail {

class eventfd {
public:
  /// Throws std::system_error when out of descriptors. `flags` as in eventfd(2).
  explicit eventfd(int flags) : descriptor_(::eventfd(0, EFD_CLOEXEC | flags)) {
    if (descriptor_ < 0)
      throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  ~eventfd() { ::close(descriptor_); }
  eventfd(const eventfd&) = delete;
  eventfd& operator=(const eventfd&) = delete;

  [[nodiscard]] int get() const noexcept { return descriptor_; }
  /// Makes it readable. Any thread.
  void signal() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
  }
  /// Clears it: not readable until the next signal. Only for a non-blocking one.
  void reset() noexcept {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto taken = ::read(descriptor_, &count, sizeof count);
  }

private:
  int descriptor_;
};

} // namespace websock::runtime::detail
