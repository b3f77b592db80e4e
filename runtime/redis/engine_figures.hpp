// What an engine counts.
#pragma once

#include <cstddef>
#include <cstdint>

namespace websock::runtime::redis {

/// Figures since the start of an engine. On the other nodes, `published` and `dropped`
/// together are what arrives there or is in a `pubsub::gap`.
struct engine_figures {
  bool is_connected = false;     // both connections: publications leave and arrive
  std::uint64_t published = 0;   // handed to the connection
  std::uint64_t dropped = 0;     // not connected, or too much was unsent
  std::uint64_t refused = 0;     // by Redis, of what was published
  std::uint64_t received = 0;    // publications of other nodes
  std::uint64_t gaps = 0;        // in what they have published
  std::uint64_t lost = 0;        // publications in these gaps, as far as that is known
  std::uint64_t late = 0;        // arrived after they were reported as lost; dropped
  std::uint64_t malformed = 0;   // not of a node of ours, or not to be read; ignored
  std::uint64_t losses = 0;      // of a connection to Redis
  std::uint64_t unkept = 0;      // published, and refused by the history of their topic
  std::uint64_t begun_anew = 0;  // how often this node had all histories begin anew
  std::size_t octets_unsent = 0; // as of the last publication or second
};

} // namespace websock::runtime::redis
