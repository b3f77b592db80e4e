// The connected nodes that share their topics with this one.
#pragma once

#include <mutex>
#include <vector>

namespace websock::runtime::distribution {

class known_node;

/// Any thread: publications ask, the shard of the connections changes it.
class topic_nodes {
public:
  void add(known_node& which);
  void remove(const known_node& which) noexcept;
  [[nodiscard]] bool has(const known_node& which) const noexcept;
  [[nodiscard]] std::vector<known_node*> all() const;

private:
  mutable std::mutex mutex_; // held for a copy of a few pointers
  std::vector<known_node*> nodes_;
};

} // namespace websock::runtime::distribution
