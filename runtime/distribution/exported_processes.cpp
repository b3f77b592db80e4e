// The table of exported processes, in stripes.
#include "exported_processes.hpp"

#include <algorithm>

namespace websock::runtime::distribution {

void exported_processes::add(const pid& who) {
  if (!who.is_alive())
    return;
  auto& place = stripe_of(who.number());
  const std::lock_guard lock(place.mutex);
  if (place.is_closed)
    return;
  if (place.by_number.size() >= place.swept_at)
    sweep(place);
  place.by_number.try_emplace(who.number(), who);
}

void exported_processes::sweep(stripe& of) {
  std::erase_if(of.by_number, [](const auto& each) { return !each.second.is_alive(); });
  of.swept_at = std::max(least_swept, of.by_number.size() * 2);
}

pid exported_processes::find(std::uint64_t number) const {
  const auto& place = stripe_of(number);
  const std::lock_guard lock(place.mutex);
  const auto found = place.by_number.find(number);
  return found == place.by_number.end() ? pid() : found->second;
}

void exported_processes::close() noexcept {
  for (auto& each : stripes_) {
    std::unordered_map<std::uint64_t, pid> forgotten; // outlives the lock
    const std::lock_guard lock(each.mutex);
    each.is_closed = true;
    forgotten.swap(each.by_number);
  }
}

std::size_t exported_processes::size() const {
  std::size_t sum = 0;
  for (const auto& each : stripes_) {
    const std::lock_guard lock(each.mutex);
    sum += each.by_number.size();
  }
  return sum;
}

} // namespace websock::runtime::distribution
