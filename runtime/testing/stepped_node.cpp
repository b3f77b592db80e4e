// A node without threads.
#include "stepped_node.hpp"

#include "../process/shard.hpp"
#include "../time/timer_queue.hpp"

#include <utility>

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

std::optional<time_point> stepped_node::next_deadline() const {
  std::optional<time_point> next;
  for (const auto& each : node_.shards_)
    if (const auto due = each->timers().next(); due && (!next || *due < *next))
      next = due;
  return next;
}

} // namespace websock::runtime::testing
