// A rate by windows of time, and the octets that follow from it.
#include "fragment_pace.hpp"

#include <algorithm>

namespace websock::runtime::distribution {

// What arrives at once after a pause, as a network may allow it, is no measure: a rate
// at most doubles.
void fragment_pace::look(time_point now, std::uint64_t arrived,
                         const network_progress& network) noexcept {
  round_trip_ = network.shortest_round_trip;
  const auto window = std::max<duration>(shortest_window, network.round_trip);
  if (since_ && now - *since_ < window)
    return;
  if (since_ && arrived >= arrived_before_) {
    const std::chrono::duration<double> took = now - *since_;
    const double measured = static_cast<double>(arrived - arrived_before_) / took.count();
    octets_per_second_ = measured < octets_per_second_
                             ? (octets_per_second_ + measured) / 2
                             : std::min(measured, 2 * octets_per_second_);
  }
  since_ = now;
  arrived_before_ = arrived;
}

std::size_t fragment_pace::most_ahead() const noexcept {
  constexpr double most = 1e12; // more than any kernel takes
  const std::chrono::duration<double> time = longest_wait + 2 * round_trip_;
  const double octets = std::min(octets_per_second_ * time.count(), most);
  return std::max(least_ahead, static_cast<std::size_t>(octets));
}

} // namespace websock::runtime::distribution
