// How processes and threads pass values to a test: a queue whose reader waits up to a
// deadline.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace tests {

/// Long enough for a loaded machine under a sanitizer; a test that reaches it has failed.
inline constexpr std::chrono::seconds patience{60};

/// Any thread may put or take. Must outlive everything that puts.
template <class T>
class channel {
public:
  void put(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    arrived_.notify_all();
  }
  /// Takes the oldest value; throws std::runtime_error if none arrives in time.
  T take() {
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_for(lock, patience, [this] { return !values_.empty(); }))
      throw std::runtime_error("nothing arrived in time");
    T value = std::move(values_.front());
    values_.pop_front();
    return value;
  }
  [[nodiscard]] bool empty() const {
    const std::lock_guard lock(mutex_);
    return values_.empty();
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<T> values_;
};

} // namespace tests
