// When to ask the connections of a shard to close.
#include "websock/connection/drain_schedule.hpp"

#include <algorithm>

namespace websock {

std::size_t drain_schedule::batch(std::size_t left) const noexcept {
  return batch_ == 0 ? left : std::min(batch_, left);
}

runtime::duration drain_schedule::pause(std::size_t left, runtime::time_point now) {
  if (batch_ == 0 || now >= last_batch_)
    return runtime::duration::zero();
  const auto batches = static_cast<std::int64_t>((left - 1) / batch_ + 1);
  const auto longest =
      std::min<runtime::duration>(jitter_, (last_batch_ - now) / batches);
  std::uniform_int_distribution<runtime::duration::rep> any(0, longest.count());
  return runtime::duration(any(random_));
}

} // namespace websock
