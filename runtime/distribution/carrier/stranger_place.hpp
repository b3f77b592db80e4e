// One of the few places that peers have who are not authenticated yet.
#pragma once

#include "../../time/clock.hpp"

#include <functional>
#include <utility>

namespace websock::runtime::distribution {

/// Given back when destroyed, on the shard of the listening socket, which may be gone by
/// then.
class stranger_place {
public:
  stranger_place() noexcept = default;
  /// For a peer that must have proved by `until` who it is.
  explicit stranger_place(time_point until, std::function<void()> give_back) noexcept
      : until_(until), give_back_(std::move(give_back)) {}
  ~stranger_place() { give_back(); }
  stranger_place(stranger_place&& other) noexcept
      : until_(other.until_), give_back_(std::exchange(other.give_back_, nullptr)) {}
  stranger_place& operator=(stranger_place&& other) noexcept {
    if (this != &other) {
      give_back();
      until_ = other.until_;
      give_back_ = std::exchange(other.give_back_, nullptr);
    }
    return *this;
  }

  [[nodiscard]] time_point until() const noexcept { return until_; }
  /// Gives the place back now. May be repeated.
  void give_back() noexcept {
    if (const auto call = std::exchange(give_back_, nullptr))
      call();
  }

private:
  time_point until_{};
  std::function<void()> give_back_; // throws nothing
};

} // namespace websock::runtime::distribution
