// Which nodes share topics.
#include "topic_nodes.hpp"

#include <algorithm>

namespace websock::runtime::distribution {

void topic_nodes::add(known_node& which) {
  const std::lock_guard lock(mutex_);
  if (std::find(nodes_.begin(), nodes_.end(), &which) == nodes_.end())
    nodes_.push_back(&which);
}

void topic_nodes::remove(const known_node& which) noexcept {
  const std::lock_guard lock(mutex_);
  std::erase(nodes_, &which);
}

bool topic_nodes::has(const known_node& which) const noexcept {
  const std::lock_guard lock(mutex_);
  return std::find(nodes_.begin(), nodes_.end(), &which) != nodes_.end();
}

std::vector<known_node*> topic_nodes::all() const {
  const std::lock_guard lock(mutex_);
  return nodes_;
}

} // namespace websock::runtime::distribution
