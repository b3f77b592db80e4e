// Guarantees that the end of a connection is noticed, however early it comes.
#pragma once

#include <utility>

namespace websock {

/// Notifies its observer once, when destroyed. Travels with a connection from the
/// decision to upgrade, so that a connection that ends before its process begins is
/// counted too.
class departure {
public:
  /// Receives the notification. Outlives the departure; may be destroyed by `departed`.
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
