// The heap behind a shard's deadlines.
#include "timer_queue.hpp"

#include <algorithm>
#include <cassert>

namespace websock::runtime {

namespace {
constexpr std::size_t arity =
    4; // shallower than two, and four slots span two cache lines
}

void timer_queue::arm(timer& entry, time_point when) {
  assert(!entry.is_armed() && "a timer is armed once");
  const slot value{std::max(when, expired_until_), sequence_++, &entry};
  heap_.push_back(value);
  sift_up(heap_.size() - 1, value);
}

void timer_queue::disarm(timer& entry) noexcept {
  if (!entry.is_armed())
    return;
  const std::size_t hole = entry.position_;
  entry.position_ = timer::unarmed;
  const slot last = heap_.back();
  heap_.pop_back();
  if (hole == heap_.size())
    return;
  if (hole > 0 && last.before(heap_[(hole - 1) / arity]))
    sift_up(hole, last);
  else
    sift_down(hole, last);
}

void timer_queue::expire(time_point now) {
  const std::uint64_t armed_before = sequence_;
  expired_until_ = now;
  while (!heap_.empty()) {
    const slot first = heap_.front();
    if (first.when > now || first.when == end_of_time || first.sequence >= armed_before)
      return;
    disarm(*first.entry);
    try {
      first.entry->expire(now);
    } catch (...) {
      first.entry->failed();
    }
  }
}

void timer_queue::place(std::size_t position, const slot& value) noexcept {
  heap_[position] = value;
  value.entry->position_ = static_cast<std::uint32_t>(position);
}

void timer_queue::sift_up(std::size_t position, const slot& value) noexcept {
  while (position > 0) {
    const std::size_t parent = (position - 1) / arity;
    if (!value.before(heap_[parent]))
      break;
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, value);
}

void timer_queue::sift_down(std::size_t position, const slot& value) noexcept {
  for (;;) {
    const std::size_t first = position * arity + 1;
    std::size_t least = position;
    for (std::size_t child = first; child < first + arity && child < heap_.size();
         ++child)
      if (heap_[child].before(least == position ? value : heap_[least]))
        least = child;
    if (least == position)
      break;
    place(position, heap_[least]);
    position = least;
  }
  place(position, value);
}

} // namespace websock::runtime
