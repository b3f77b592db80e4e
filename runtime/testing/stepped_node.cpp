// A node without threads.
#include "stepped_node.hpp"

#include "../process/shard.hpp"
#include "../time/timer_queue.hpp"

#include <algorithm>
#include <stdexcept>

namespace websock::runtime::testing {

stepped_node::stepped_node(std::uint64_t seed, node_options options)
    : random_(seed), node_(with_log(std::move(options)), clock_, node::threads::none) {
}

stepped_node::~stepped_node() {
  for (const auto& each : node_.shards_)
    each->obey(shard::order::end_at_once);
  run_until_idle();
}

node_options stepped_node::with_log(node_options options) {
  options.log = [this](log_level, std::string_view line) {
    log_lines_.emplace_back(line);
  };
  return options;
}

bool stepped_node::step() {
  // Only a few turns per step, so that processes interleave.
  constexpr std::size_t longest = 4;
  const std::size_t count = node_.shard_count();
  const std::size_t first = random_() % count;
  for (std::size_t i = 0; i < count; ++i)
    if (node_.shard_at((first + i) % count).step(1 + random_() % longest))
      return true;
  return false;
}

void stepped_node::run_until_idle(std::size_t limit) {
  while (step())
    if (limit-- == 0)
      throw std::runtime_error("the processes did not come to rest");
}

std::optional<time_point> stepped_node::next_deadline() const {
  std::optional<time_point> next;
  for (const auto& each : node_.shards_)
    if (const auto due = each->timers().next(); due && (!next || *due < *next))
      next = due;
  return next;
}

bool stepped_node::advance_to_next(time_point limit) {
  const auto next = next_deadline();
  if (next && *next <= limit) {
    clock_.advance(std::max<duration>(*next - clock_.now(), duration::zero()));
    run_until_idle();
    return true;
  }
  if (limit != end_of_time)
    clock_.advance(std::max<duration>(limit - clock_.now(), duration::zero()));
  run_until_idle();
  return false;
}

void stepped_node::advance(duration by) {
  const time_point end = deadline_in(clock_.now(), by);
  run_until_idle();
  while (advance_to_next(end))
    continue;
}

} // namespace websock::runtime::testing
