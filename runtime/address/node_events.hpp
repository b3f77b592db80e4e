// What a process hears of other nodes.
#pragma once

#include <cstdint>
#include <string>

namespace websock::runtime {

/// Whether a node shows itself to all: Erlang's nodes() are the visible ones.
enum class node_type : std::uint8_t { hidden, visible };

/// A node is connected, or is there by an engine. Source: nodeup,
/// net_kernel:monitor_nodes/2.
struct node_up {
  std::string node;
  node_type type = node_type::hidden;
  friend bool operator==(const node_up&, const node_up&) = default;
  friend std::string to_string(const node_up& event) {
    return "node_up{" + event.node + "}";
  }
};

/// The connection with a node is lost, or it is not there any more. Processes that were
/// linked with it or monitored it have heard of that before. Source: nodedown.
struct node_down {
  std::string node;
  std::string why; // for people
  friend bool operator==(const node_down&, const node_down&) = default;
  friend std::string to_string(const node_down& event) {
    return "node_down{" + event.node + ", " + event.why + "}";
  }
};

} // namespace websock::runtime
