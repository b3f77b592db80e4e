// How much memory the bodies of all requests may take together.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace websock {

/// Any thread.
class body_budget {
public:
  explicit body_budget(std::size_t most) noexcept : most_(most) {}

  /// False if there is not so much left.
  [[nodiscard]] bool take(std::size_t octets) noexcept {
    // relaxed here and below: the total alone decides; nothing is published with it.
    auto taken = taken_.load(std::memory_order_relaxed);
    do {
      if (octets > most_ - taken)
        return false;
    } while (
        !taken_.compare_exchange_weak(taken, taken + octets, std::memory_order_relaxed));
    return true;
  }
  void give_back(std::size_t octets) noexcept {
    taken_.fetch_sub(octets, std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t taken() const noexcept {
    return taken_.load(std::memory_order_relaxed);
  }

private:
  const std::size_t most_;
  std::atomic<std::size_t> taken_{0};
};

/// What one body takes of the budget; gives it back when destroyed.
class body_share {
public:
  body_share() = default; // of nothing
  explicit body_share(std::shared_ptr<body_budget> of) noexcept : of_(std::move(of)) {}
  body_share(body_share&& other) noexcept
      : of_(std::move(other.of_)), octets_(std::exchange(other.octets_, 0)) {}
  body_share& operator=(body_share other) noexcept {
    std::swap(of_, other.of_);
    std::swap(octets_, other.octets_);
    return *this;
  }
  ~body_share() {
    if (of_)
      of_->give_back(octets_);
  }

  /// False, and nothing changes, if the budget does not have so much more.
  [[nodiscard]] bool grow_to(std::size_t octets) noexcept {
    if (!of_->take(octets - octets_))
      return false;
    octets_ = octets;
    return true;
  }

private:
  std::shared_ptr<body_budget> of_;
  std::size_t octets_ = 0;
};

} // namespace websock
