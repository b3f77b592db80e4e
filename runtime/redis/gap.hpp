// What a process hears of publications that were lost on their way to its node.
#pragma once

#include <cstdint>
#include <string>

namespace websock::runtime::pubsub {

/// The publications `from` to `to` of a node, counted from 1 for each of its lives, have
/// not arrived here and never will. What arrives later was published later.
struct gap {
  /// As `to`: the node has ended meanwhile, and nobody can say how many there were.
  static constexpr std::uint64_t unknown = UINT64_MAX;

  std::string node;
  std::uint64_t from = 0;
  std::uint64_t to = 0;

  friend bool operator==(const gap&, const gap&) = default;
  friend std::string to_string(const gap& event) {
    return "gap{" + event.node + ", " + std::to_string(event.from) + ", "
           + (event.to == unknown ? "unknown" : std::to_string(event.to)) + "}";
  }
};

} // namespace websock::runtime::pubsub
