// A topic on one shard, and its subscribers.
#pragma once

#include "lane.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace websock::runtime::detail {

class process_block;

/// One subscription of a process to a topic. Owned by the process's relations.
struct subscription {
  subscription(std::size_t place, std::unique_ptr<const lane> how) noexcept
      : index(place), way(std::move(how)) {}
  // One after the other: a process may have more of them than a stack has room for.
  ~subscription() {
    while (next)
      next = std::move(next->next);
  }
  subscription(const subscription&) = delete;
  subscription& operator=(const subscription&) = delete;

  std::size_t index;                  // in the topic's members
  std::unique_ptr<subscription> next; // another of the same process to the same topic
  std::unique_ptr<const lane> way;    // null: every message goes to the process
};

struct topic {
  struct member {
    process_block* who;
    subscription* place;
    const lane* way; // that of the place
  };
  std::string name;
  std::vector<member> members;
};

} // namespace websock::runtime::detail
