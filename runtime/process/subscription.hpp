// A topic of one shard, and the places of processes in it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace websock::runtime::detail {

class process_block;

/// One process's place in one topic. Owned by the process's relations.
struct subscription {
  std::size_t index;                  // in the topic's members
  std::unique_ptr<subscription> next; // of the same process, to the same topic
};

struct topic {
  struct member {
    process_block* who;
    subscription* place;
  };
  std::string name;
  std::vector<member> members;
};

} // namespace websock::runtime::detail
