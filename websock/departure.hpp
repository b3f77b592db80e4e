// The promise that the end of a connection is noticed, however early it comes.
#pragma once

#include <functional>
#include <utility>

namespace websock {

/// Calls back once, when it is destroyed. It travels with a connection from the decision
/// to upgrade on, so that one that ends before its process begins is counted out as well.
class departure {
public:
  departure() = default;
  explicit departure(std::function<void()> call) : call_(std::move(call)) {}
  departure(departure&& other) noexcept : call_(std::exchange(other.call_, nullptr)) {}
  departure& operator=(departure&&) = delete;
  ~departure() {
    if (call_)
      call_();
  }

private:
  std::function<void()> call_;
};

} // namespace websock
