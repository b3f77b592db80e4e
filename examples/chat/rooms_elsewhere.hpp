// The rooms on other nodes, as their directories tell them.
#pragma once

#include "websock/runtime/pid.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace chat {

/// A room of one node. It crosses to other nodes.
struct room_entry {
  std::string name;
  websock::runtime::pid who;
  std::size_t members = 0;
  friend bool operator==(const room_entry&, const room_entry&) = default;
};

/// Thread-safe. A value type: copies share one table.
class rooms_elsewhere {
public:
  /// `rooms` are all those of `node`. False when that is known.
  bool replace(const std::string& node, std::vector<room_entry> rooms) {
    const std::lock_guard lock(table_->mutex);
    auto& known = table_->by_node[node];
    if (known == rooms)
      return false;
    known = std::move(rooms);
    return true;
  }
  void forget(const std::string& node) {
    const std::lock_guard lock(table_->mutex);
    table_->by_node.erase(node);
  }
  /// Empty when no other node has it. When two have, until one gives way: that of the
  /// first node by name.
  [[nodiscard]] websock::runtime::pid find(const std::string& room) const {
    const std::lock_guard lock(table_->mutex);
    for (const auto& [node, rooms] : table_->by_node)
      for (const auto& each : rooms)
        if (each.name == room)
          return each.who;
    return {};
  }
  [[nodiscard]] std::vector<room_entry> all() const {
    const std::lock_guard lock(table_->mutex);
    std::vector<room_entry> found;
    for (const auto& [node, rooms] : table_->by_node)
      found.insert(found.end(), rooms.begin(), rooms.end());
    return found;
  }

private:
  struct table {
    std::mutex mutex; // sessions look for rooms on every shard
    std::map<std::string, std::vector<room_entry>> by_node;
  };
  std::shared_ptr<table> table_ = std::make_shared<table>();
};

} // namespace chat
