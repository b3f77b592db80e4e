// The promise that the end of a connection is noticed, however early it comes.
#pragma once

#include <utility>

namespace websock {

/// Tells its observer once, when it is destroyed. It travels with a connection from the
/// decision to upgrade on, so that one that ends before its process begins is counted out
/// as well.
class departure {
public:
  /// Who is told. Outlives the departure, and may be gone afterwards.
  class observer {
  public:
    virtual void departed() noexcept = 0;

  protected:
    ~observer() = default;
  };

  departure() = default;
  explicit departure(observer& whom) noexcept : whom_(&whom) {}
  departure(departure&& other) noexcept : whom_(std::exchange(other.whom_, nullptr)) {}
  departure& operator=(departure&&) = delete;
  ~departure() {
    if (whom_ != nullptr)
      whom_->departed();
  }

private:
  observer* whom_ = nullptr;
};

} // namespace websock
