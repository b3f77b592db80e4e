// A descriptor with an owner that closes it.
#pragma once

#include <unistd.h>

#include <utility>

namespace websock {

/// Closes the descriptor unless it is taken.
class owned_descriptor {
public:
  explicit owned_descriptor(int descriptor) noexcept : descriptor_(descriptor) {}
  owned_descriptor(owned_descriptor&& other) noexcept : descriptor_(other.take()) {}
  owned_descriptor& operator=(owned_descriptor&&) = delete;
  ~owned_descriptor() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
  }

  [[nodiscard]] int get() const noexcept { return descriptor_; }
  [[nodiscard]] int take() noexcept { return std::exchange(descriptor_, -1); }

private:
  int descriptor_;
};

} // namespace websock
