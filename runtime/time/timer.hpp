// Something that has a deadline on a shard; the queue of them is timer_queue.hpp.
#pragma once

#include "clock.hpp"

#include <cstdint>

namespace websock::runtime {

/// Something that happens at a time, on the shard that armed it. Not armed twice; disarm
/// before destruction.
class timer {
public:
  timer() noexcept = default;
  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;

  [[nodiscard]] bool is_armed() const noexcept { return position_ != unarmed; }
  /// Called once, never before its time; it is disarmed by then and may be armed again.
  /// One that destroys itself throws nothing afterwards.
  virtual void expire(time_point now) = 0;
  /// `expire` has thrown, which is being handled: ends what the timer is a part of, and
  /// logs why.
  virtual void failed() noexcept {}

protected:
  virtual ~timer() = default;

private:
  friend class timer_queue;
  static constexpr std::uint32_t unarmed = UINT32_MAX;
  std::uint32_t position_ = unarmed;
};

} // namespace websock::runtime
